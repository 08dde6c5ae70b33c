package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;

/**
 * The ids that wait for a row of their own, with their event counts. Bounded: beyond its capacity
 * the half that was not seen for longest goes, ties by id.
 */
final class Candidates {

  private final int capacity;
  private final RowTable counts;
  private final ChangedRows changes;

  Candidates(String table, int capacity, LearnerChanges changes) {
    this.capacity = capacity;
    this.counts = new RowTable(table + ".candidates", 1, EventCount.FLOATS);
    this.changes = changes.ownRows(counts);
  }

  int size() {
    return counts.size();
  }

  /** Counts one event of {@code id}, and returns its decayed count. */
  float add(long id, long eventTime) {
    int row = changes.touchOrInsert(id);
    EventCount.add(counts.slots(row), counts.slotOffset(row), eventTime);
    return EventCount.count(counts.slots(row), counts.slotOffset(row));
  }

  /** Moves the count of an admitted id to the slots of its row. */
  void admit(long id, float[] slots, int slotOffset) {
    int row = counts.find(id);
    System.arraycopy(
        counts.slots(row), counts.slotOffset(row), slots, slotOffset, EventCount.FLOATS);
    changes.remove(row);
  }

  /** Called between steps. */
  void bound() {
    if (counts.size() > capacity) {
      for (int row : Unseen.longest(counts, counts.size() - capacity / 2)) {
        changes.remove(row);
      }
    }
  }
}
