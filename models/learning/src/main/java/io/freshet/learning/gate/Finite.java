package io.freshet.learning.gate;

import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import org.jspecify.annotations.Nullable;

/** Looks for numbers that are none. */
final class Finite {

  private Finite() {}

  /** Where the first value of what changed is that is not finite; null where all are. */
  static @Nullable String problem(StateDelta delta) {
    for (Tensor tensor : delta.tensors()) {
      int at = firstNot(tensor.data());
      if (at >= 0) {
        return "tensor %s holds %s at %d".formatted(tensor.name(), tensor.data()[at], at);
      }
    }
    for (StateDelta.Rows rows : delta.tables()) {
      int at = firstNot(rows.values());
      if (at >= 0) {
        return "row %016x of table %s holds %s"
            .formatted(rows.ids()[at / rows.width()], rows.table(), rows.values()[at]);
      }
    }
    return null;
  }

  /** The place of the first value that is not finite; -1 where all are. */
  static int firstNot(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }
}
