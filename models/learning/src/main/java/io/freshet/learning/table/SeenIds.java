package io.freshet.learning.table;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.RowTable;

/**
 * The ids that had an event, and how often (halved every 30 days of event time), as a learner's own
 * state. Bounded: beyond its capacity the half that was not seen for longest goes, ties by id, and
 * is new when it comes again.
 */
public final class SeenIds {

  private final int capacity;
  private final RowTable counts;
  private final ChangedRows changes;

  public SeenIds(String name, int capacity, LearnerChanges changes) {
    this.capacity = capacity;
    this.counts = new RowTable(name, 1, EventCount.FLOATS);
    this.changes = changes.ownRows(counts);
  }

  /** Counts one event of {@code id}. Returns whether it is the first. */
  public boolean add(long id, long eventTime) {
    boolean first = counts.find(id) < 0;
    count(id, eventTime);
    count(Ids.SHARED, eventTime);
    return first;
  }

  private void count(long id, long eventTime) {
    int row = changes.touchOrInsert(id);
    EventCount.add(counts.slots(row), counts.slotOffset(row), eventTime);
  }

  /** The share of all events that were of {@code id}; 0 where none was. */
  public float share(long id) {
    int row = counts.find(id);
    int all = counts.find(Ids.SHARED);
    return row < 0 || all < 0 ? 0 : Math.min(1, count(row) / count(all));
  }

  private float count(int row) {
    return EventCount.count(counts.slots(row), counts.slotOffset(row));
  }

  /** Called between steps. */
  public void bound() {
    if (counts.size() > capacity) {
      for (int row : Unseen.longest(counts, counts.size() - capacity / 2)) {
        if (counts.idOf(row) != Ids.SHARED) {
          changes.remove(row);
        }
      }
    }
  }
}
