package io.freshet.learning.engine;

import io.freshet.scoring.state.Tensor;
import java.util.Map;

/** Looks tensors up by name. */
final class Tensors {

  private Tensors() {}

  /**
   * @throws IllegalArgumentException if there is no such tensor
   */
  static Tensor get(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no tensor %s, there are %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  static float[] data(Map<String, Tensor> tensors, String name) {
    return get(tensors, name).data();
  }
}
