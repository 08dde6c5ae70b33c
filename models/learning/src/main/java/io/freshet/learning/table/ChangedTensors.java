package io.freshet.learning.table;

import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The dense tensors of one part of a learner's state, which of them changed since the last drain,
 * and the part's running hash, from which changed tensors and rows are missing until then.
 */
final class ChangedTensors {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final TreeSet<String> changed = new TreeSet<>();
  private final StateHash running = new StateHash();

  /** A tensor that was never drained. */
  void declare(Tensor tensor) {
    if (tensors.put(tensor.name(), tensor) != null) {
      throw new IllegalArgumentException(
          "names of a learner's tensors must be distinct, got %s twice".formatted(tensor.name()));
    }
    changed.add(tensor.name());
  }

  StateHash running() {
    return running;
  }

  Collection<Tensor> all() {
    return tensors.values();
  }

  List<Tensor> zeros() {
    return tensors.values().stream()
        .map(tensor -> Tensor.zeros(tensor.name(), tensor.shape().clone()))
        .toList();
  }

  void touch(Tensor tensor) {
    if (changed.add(tensor.name())) {
      running.subtractTensor(tensor);
    }
  }

  /** Copies of what changed, which enter {@code into}. */
  List<Tensor> copies(StateHash into) {
    List<Tensor> copies = new ArrayList<>();
    for (String name : changed) {
      Tensor tensor = known(name);
      into.addTensor(tensor);
      copies.add(tensor.copy());
    }
    return copies;
  }

  void clear() {
    changed.clear();
  }

  /** Takes over every tensor of {@code state}; they count as drained, the hash is set apart. */
  void load(ModelState state) {
    tensors.values().forEach(tensor -> copy(state.tensor(tensor.name()), tensor));
    changed.clear();
  }

  void change(Tensor to) {
    Tensor tensor = known(to.name());
    touch(tensor);
    copy(to, tensor);
  }

  void undo(ModelState drained) {
    for (String name : changed) {
      Tensor tensor = known(name);
      copy(drained.tensor(name), tensor);
      running.addTensor(tensor);
    }
    changed.clear();
  }

  private Tensor known(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no tensor %s, there are %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  private static void copy(Tensor from, Tensor to) {
    if (!Arrays.equals(from.shape(), to.shape())) {
      throw new IllegalArgumentException(
          "tensor %s must have shape %s, got %s"
              .formatted(to.name(), Arrays.toString(to.shape()), Arrays.toString(from.shape())));
    }
    System.arraycopy(from.data(), 0, to.data(), 0, to.data().length);
  }
}
