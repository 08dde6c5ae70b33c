package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;

/**
 * Counts of several kinds of events, by id, as a learner's own state. All of an id's are halved
 * every 30 days of event time. Bounded: beyond the capacity the half of the ids that had no event
 * for longest goes, ties by id.
 */
public final class DecayedSums {

  /** Reads one id's sums. */
  public interface Reader {

    /**
     * @param sums of an id begin at {@code offset}, as of its last event
     * @param left what is left now of each 1 in them
     */
    void read(float[] sums, int offset, float left);
  }

  private final int capacity;
  private final RowTable table;
  private final ChangedRows changes;

  /**
   * @param kinds of events
   * @param capacity ids
   */
  public DecayedSums(String name, int kinds, int capacity, LearnerChanges changes) {
    this.capacity = capacity;
    this.table = new RowTable(name, 1, EventCount.FLOATS + kinds);
    this.changes = changes.ownRows(table);
  }

  /** Counts an event of {@code id}. */
  public void add(long id, int kind, long eventTime) {
    int row = changes.touchOrInsert(id);
    float[] floats = table.slots(row);
    int offset = table.slotOffset(row);
    if (EventCount.count(floats, offset) > 0) {
      float left = EventCount.decay(floats, offset, eventTime);
      for (int i = offset + EventCount.FLOATS; left < 1 && i < offset + table.slotWidth(); i++) {
        floats[i] *= left;
      }
    }
    EventCount.add(floats, offset, eventTime);
    floats[offset + EventCount.FLOATS + kind]++;
  }

  /** Gives out the sums of all ids in the order of the ids; costs what exists. */
  public void forEach(long eventTime, Reader reader) {
    for (long id : table.sortedIds()) {
      int row = table.find(id);
      float[] floats = table.slots(row);
      int offset = table.slotOffset(row);
      reader.read(floats, offset + EventCount.FLOATS, EventCount.decay(floats, offset, eventTime));
    }
  }

  /** Called between steps. */
  public void bound() {
    if (table.size() > capacity) {
      for (int row : Unseen.longest(table, table.size() - capacity / 2)) {
        changes.remove(row);
      }
    }
  }
}
