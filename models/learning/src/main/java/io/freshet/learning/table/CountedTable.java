package io.freshet.learning.table;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.state.RowTable;

/**
 * A table whose rows are written by someone else at every event of their id, and age like those of
 * a trained table.
 */
public final class CountedTable {

  /** Floats of slots that a row needs. */
  public static final int SLOTS = EventCount.FLOATS;

  private final RowTable table;
  private final ChangedRows changes;
  private final Ageing ageing;

  public CountedTable(RowTable table, LearnerChanges changes, Feature feature) {
    this.table = table;
    this.changes = changes.rows(table);
    this.ageing = new Ageing(feature.expireAfterMs(), feature.maxRows(), table, this.changes);
  }

  /** Gives a new table its shared row: zeros. */
  public void create() {
    changes.touchOrInsert(Ids.SHARED);
  }

  public RowTable table() {
    return table;
  }

  /** The row of an id that had an event; its floats may then change. */
  public int event(long id, long eventTime) {
    int row = changes.touchOrInsert(id);
    EventCount.add(table.slots(row), table.slotOffset(row), eventTime);
    return row;
  }

  /** Expiry and eviction. */
  public void endRound(long before, long now) {
    ageing.endRound(table.size() - 1, before, now);
  }
}
