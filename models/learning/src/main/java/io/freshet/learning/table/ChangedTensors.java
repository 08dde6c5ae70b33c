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
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The dense tensors of one part of a learner's state, which of them changed since the last drain,
 * and the part's running hash, from which changed tensors and rows are missing until then.
 */
final class ChangedTensors {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final TreeSet<String> changed = new TreeSet<>();
  private final StateHash running = new StateHash();

  /** What tensors held at the mark that may hold something else now; null without a mark. */
  private @Nullable TreeMap<String, Tensor> marked;

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
    if (marked != null && !marked.containsKey(tensor.name())) {
      marked.put(tensor.name(), tensor.copy());
    }
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

  /** Takes over the values of every tensor of {@code state}. */
  void become(ModelState state) {
    for (Tensor tensor : tensors.values()) {
      Tensor to = state.tensor(tensor.name());
      if (!Arrays.equals(to.data(), tensor.data())) {
        change(to);
      }
    }
  }

  void mark() {
    marked = new TreeMap<>();
  }

  /** Marks the state in which these tensors held this, and all others what they hold now. */
  void mark(List<Tensor> before) {
    TreeMap<String, Tensor> all = new TreeMap<>();
    for (Tensor tensor : before) {
      known(tensor.name());
      all.put(tensor.name(), tensor.copy());
    }
    marked = all;
  }

  /** What the marked state held where it may be another now. */
  List<Tensor> wayBack() {
    return marks().values().stream().map(Tensor::copy).toList();
  }

  /** What may be another than in the marked state. */
  List<Tensor> sinceMark() {
    return marks().keySet().stream().map(name -> known(name).copy()).toList();
  }

  void goBack() {
    marks().values().forEach(this::change);
    mark();
  }

  private TreeMap<String, Tensor> marks() {
    TreeMap<String, Tensor> all = marked;
    if (all == null) {
      throw new IllegalStateException("a state must be marked first");
    }
    return all;
  }

  /** The first number among what changed since the last drain that is none; null where all are. */
  @Nullable String notFinite() {
    for (String name : changed) {
      float[] data = known(name).data();
      for (int i = 0; i < data.length; i++) {
        if (!Float.isFinite(data[i])) {
          return "tensor %s holds %s at %d".formatted(name, data[i], i);
        }
      }
    }
    return null;
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
