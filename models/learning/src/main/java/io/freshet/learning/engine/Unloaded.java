package io.freshet.learning.engine;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A {@link Cargo} on its device: its parts are views of the one array that was sent. */
final class Unloaded {

  private final Map<String, PtNDArray> parts = new HashMap<>();
  private final PtNDArray learnt;

  /**
   * @param all as the cargo was written
   * @param training whether what is learnt wants a gradient
   */
  Unloaded(Cargo cargo, PtNDArray all, boolean training) {
    long[] sizes = {
      Cargo.size(cargo.learnt()), Cargo.size(cargo.given()), Cargo.size(cargo.indices())
    };
    NDList three = JniUtils.split(all, sizes, 0);
    learnt = JniUtils.detachGradient((PtNDArray) three.get(0));
    if (training) {
      learnt.setRequiresGradient(true);
    }
    put(cargo.learnt(), learnt);
    put(cargo.given(), (PtNDArray) three.get(1));
    PtNDArray indices = (PtNDArray) three.get(2);
    put(cargo.indices(), JniUtils.to(indices, DataType.INT32, indices.getDevice()));
  }

  private void put(List<Cargo.Part> of, PtNDArray array) {
    if (of.isEmpty()) {
      return;
    }
    NDList views = JniUtils.split(array, of.stream().mapToLong(Cargo.Part::size).toArray(), 0);
    for (int i = 0; i < of.size(); i++) {
      Cargo.Part part = of.get(i);
      parts.put(part.name(), JniUtils.reshape((PtNDArray) views.get(i), part.shape()));
    }
  }

  PtNDArray get(String name) {
    PtNDArray part = parts.get(name);
    if (part == null) {
      throw new IllegalArgumentException(
          "no part %s, there are %s".formatted(name, new ArrayList<>(parts.keySet())));
    }
    return part;
  }

  boolean has(String name) {
    return parts.containsKey(name);
  }

  /** The gradients of all that is learnt, one after the other as in the cargo. */
  PtNDArray gradient() {
    return learnt.getGradient();
  }
}
