package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.RowTable;

/** Finds the row that an id scores with: its own, or the table's shared one. */
final class Rows {

  private Rows() {}

  /**
   * The row of {@code id}, or of {@link Ids#SHARED} where it has none.
   *
   * @throws IllegalStateException if the table has no shared row: no version was ever applied
   */
  static int find(RowTable table, long id) {
    int row = table.find(id);
    if (row >= 0) {
      return row;
    }
    int shared = table.find(Ids.SHARED);
    if (shared < 0) {
      throw new IllegalStateException(
          "table %s must hold the shared row (id %d) before it can score, it has %d rows"
              .formatted(table.name(), Ids.SHARED, table.size()));
    }
    return shared;
  }

  /** Copies the row that {@code id} scores with. */
  static void copy(RowTable table, long id, float[] out, int offset) {
    int row = find(table, id);
    System.arraycopy(table.values(row), table.valueOffset(row), out, offset, table.width());
  }

  /** The single float of the row that {@code id} scores with. */
  static float scalar(RowTable table, long id) {
    int row = find(table, id);
    return table.values(row)[table.valueOffset(row)];
  }
}
