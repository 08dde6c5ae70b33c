package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;

/**
 * Expiry and eviction of one table, at round ends, by event time. To keep their cost below that of
 * the steps between, expiry looks when event time enters another 64th of its span, and eviction
 * takes a 64th of the limit more than it must.
 */
final class Ageing {

  private static final int PARTS = 64;

  private final long expireAfterMs;
  private final long maxRows;
  private final RowTable table;
  private final ChangedRows changes;

  Ageing(long expireAfterMs, long maxRows, RowTable table, ChangedRows changes) {
    this.expireAfterMs = expireAfterMs;
    this.maxRows = maxRows;
    this.table = table;
    this.changes = changes;
  }

  /**
   * @param rows how many rows count towards the limit
   * @param before the event time of the previous round end
   * @param now the event time of this one
   */
  void endRound(int rows, long before, long now) {
    int left = rows;
    if (expireAfterMs > 0 && part(now) != part(before)) {
      left -= remove(Unseen.before(table, now - expireAfterMs));
    }
    if (maxRows > 0 && left > maxRows) {
      remove(Unseen.longest(table, (int) (left - maxRows + maxRows / PARTS)));
    }
  }

  private long part(long eventTime) {
    return Math.floorDiv(eventTime, Math.max(1, expireAfterMs / PARTS));
  }

  private int remove(int[] rows) {
    for (int row : rows) {
      changes.remove(row);
    }
    return rows.length;
  }
}
