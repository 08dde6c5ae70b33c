package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * Finds the rows of a table that were not seen for longest. Rows that no event has seen (the shared
 * one) stay out.
 */
final class Unseen {

  private Unseen() {}

  /** The rows last seen before {@code eventTime}. */
  static int[] before(RowTable table, long eventTime) {
    IntArrayList found = new IntArrayList();
    for (int row = 0; row < table.rowLimit(); row++) {
      if (seen(table, row) && lastSeen(table, row) < eventTime) {
        found.add(row);
      }
    }
    return found.toIntArray();
  }

  /**
   * The {@code count} rows last seen earliest; of rows last seen at the same time those of the
   * smaller unsigned ids.
   */
  static int[] longest(RowTable table, int count) {
    long[] times = new long[table.size()];
    int n = 0;
    for (int row = 0; row < table.rowLimit(); row++) {
      if (seen(table, row)) {
        times[n++] = lastSeen(table, row);
      }
    }
    if (count <= 0 || n == 0) {
      return new int[0];
    }
    Arrays.sort(times, 0, n);
    long last = times[Math.min(count, n) - 1];
    IntArrayList found = new IntArrayList(before(table, last));
    IntArrayList tied = new IntArrayList();
    for (int row = 0; row < table.rowLimit(); row++) {
      if (seen(table, row) && lastSeen(table, row) == last) {
        tied.add(row);
      }
    }
    tied.sort((a, b) -> Long.compareUnsigned(table.idOf(a), table.idOf(b)));
    found.addAll(tied.subList(0, Math.min(count - found.size(), tied.size())));
    return found.toIntArray();
  }

  private static boolean seen(RowTable table, int row) {
    return EventCount.count(table.slots(row), table.slotOffset(row)) > 0;
  }

  private static long lastSeen(RowTable table, int row) {
    return EventCount.lastSeen(table.slots(row), table.slotOffset(row));
  }
}
