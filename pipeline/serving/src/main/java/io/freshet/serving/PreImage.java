package io.freshet.serving;

import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a delta is about to replace: the delta that leads back. */
final class PreImage {

  private PreImage() {}

  /**
   * The delta that, applied after {@code delta}, gives {@code state} again. An id that several
   * parts of {@code delta} name is kept back as often, each time as it lies in {@code state}.
   *
   * @throws IllegalArgumentException if {@code delta} names what {@code state} does not have
   */
  static StateDelta of(ModelState state, StateDelta delta) {
    List<Tensor> tensors = new ArrayList<>(delta.tensors().size());
    for (Tensor tensor : delta.tensors()) {
      tensors.add(state.tensor(tensor.name()).copy());
    }
    List<StateDelta.Rows> tables = new ArrayList<>(delta.tables().size());
    for (StateDelta.Rows rows : delta.tables()) {
      tables.add(rows(state.table(rows.table()), rows));
    }
    return new StateDelta(tensors, tables);
  }

  private static StateDelta.Rows rows(RowTable table, StateDelta.Rows rows) {
    int width = table.width();
    int most = rows.ids().length + rows.removed().length;
    long[] present = new long[most];
    float[] values = new float[Math.multiplyExact(most, width)];
    long[] absent = new long[rows.ids().length];
    int kept = 0;
    int inserted = 0;
    for (int i = 0; i < most; i++) {
      boolean changes = i < rows.ids().length;
      long id = changes ? rows.ids()[i] : rows.removed()[i - rows.ids().length];
      int row = table.find(id);
      if (row >= 0) {
        System.arraycopy(table.values(row), table.valueOffset(row), values, kept * width, width);
        present[kept++] = id;
      } else if (changes) {
        absent[inserted++] = id;
      }
    }
    return new StateDelta.Rows(
        table.name(),
        width,
        Arrays.copyOf(present, kept),
        Arrays.copyOf(values, kept * width),
        Arrays.copyOf(absent, inserted));
  }

  /** Bytes of floats and ids. */
  static long bytes(StateDelta image) {
    long bytes = 0;
    for (Tensor tensor : image.tensors()) {
      bytes += (long) Float.BYTES * tensor.data().length;
    }
    for (StateDelta.Rows rows : image.tables()) {
      bytes += (long) Float.BYTES * rows.values().length;
      bytes += (long) Long.BYTES * (rows.ids().length + rows.removed().length);
    }
    return bytes;
  }

  /** Rows that it writes or removes. */
  static long rows(StateDelta image) {
    return image.tables().stream()
        .mapToLong(rows -> rows.ids().length + rows.removed().length)
        .sum();
  }
}
