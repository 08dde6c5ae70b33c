package io.freshet.scoring.state;

import java.util.ArrayList;
import java.util.List;

/**
 * What changed in a serving state since the last drain, as absolute values: applying it twice is
 * applying it once.
 *
 * @param tensors the dense tensors that changed, whole
 * @param tables the tables of which rows changed or went
 */
public record StateDelta(List<Tensor> tensors, List<Rows> tables) {

  /** That nothing changed. */
  public static final StateDelta NONE = new StateDelta(List.of(), List.of());

  /**
   * @param ids of the rows that changed, ascending as unsigned integers
   * @param values [ids][width]
   * @param removed ids of the rows that went, ascending as unsigned integers
   */
  public record Rows(String table, int width, long[] ids, float[] values, long[] removed) {

    /** The rows of {@code ids} as they lie in {@code table}. */
    public static Rows of(RowTable table, long[] ids, long[] removed) {
      int width = table.width();
      float[] values = new float[Math.multiplyExact(ids.length, width)];
      for (int i = 0; i < ids.length; i++) {
        int row = table.find(ids[i]);
        System.arraycopy(table.values(row), table.valueOffset(row), values, i * width, width);
      }
      return new Rows(table.name(), width, ids, values, removed);
    }
  }

  /** The delta from the empty state to {@code state}: a copy of all of it. */
  public static StateDelta whole(ModelState state) {
    List<Rows> tables = new ArrayList<>();
    for (RowTable table : state.tables().values()) {
      tables.add(Rows.of(table, table.sortedIds(), new long[0]));
    }
    return new StateDelta(state.tensors().values().stream().map(Tensor::copy).toList(), tables);
  }
}
