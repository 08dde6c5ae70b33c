package io.freshet.learning.table;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.state.RowTable;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A table of trained rows. An id gets its own row once its decayed count of events, rounded to the
 * nearest whole number, reaches the feature's {@code admitAfter}; until then it reads and trains
 * the shared row. In the step that admits an id, it is still scored by the shared row, as it was
 * when it was predicted, and its gradient trains both.
 */
public final class LearnedTable {

  private static final int CANDIDATES = 1 << 16;

  private final RowTable table;
  private final ChangedRows changes;
  private final RowOptimizer optimizer;
  private final Candidates candidates;
  private final Ageing ageing;
  private final double admitAfter;
  private final double spread;
  private final float shrink;
  private final long initKey;
  private final boolean sharedLearns;
  private @Nullable LongFunction<float @Nullable []> starts;

  /**
   * @param table with {@link #slots} slots a row
   * @param spread standard deviation of a new row's values
   * @param shrink rate times lambda of mini-batch-aware regularisation
   */
  public LearnedTable(
      RowTable table,
      LearnerChanges changes,
      RowOptimizer optimizer,
      Feature feature,
      double spread,
      double shrink,
      long initKey) {
    this(table, changes, optimizer, feature, spread, shrink, initKey, true);
  }

  private LearnedTable(
      RowTable table,
      LearnerChanges changes,
      RowOptimizer optimizer,
      Feature feature,
      double spread,
      double shrink,
      long initKey,
      boolean sharedLearns) {
    this.table = table;
    this.changes = changes.rows(table);
    this.optimizer = optimizer;
    this.candidates = new Candidates(table.name(), CANDIDATES, changes);
    this.ageing = new Ageing(feature.expireAfterMs(), feature.maxRows(), table, this.changes);
    this.admitAfter = feature.admitAfter();
    this.spread = spread;
    this.shrink = (float) shrink;
    this.initKey = initKey;
    this.sharedLearns = sharedLearns;
  }

  /**
   * A table whose rows are what is added to something that an id is already: new rows, and the
   * shared one for good, are zeros.
   */
  public static LearnedTable ofOffsets(
      RowTable table, LearnerChanges changes, RowOptimizer optimizer, Feature feature) {
    return new LearnedTable(table, changes, optimizer, feature, 0, 0, 0, false);
  }

  /** Lets new rows start from what {@code starts} gives for their id, where it gives something. */
  public LearnedTable startingFrom(LongFunction<float @Nullable []> starts) {
    this.starts = starts;
    return this;
  }

  /** Floats of slots that a row of {@code width} floats needs. */
  public static int slots(RowOptimizer optimizer, int width) {
    return EventCount.FLOATS + optimizer.slots(width);
  }

  /** Gives a new table its shared row. */
  public void create() {
    initialise(changes.touchOrInsert(Ids.SHARED));
  }

  public RowTable table() {
    return table;
  }

  /**
   * Counts one event of an id. Changes no value of a row: an id that reaches its admission here
   * gets its row when {@link #train} comes.
   *
   * @return whether the id has a row or is to be admitted
   */
  boolean count(long id, long eventTime) {
    int row = table.find(id);
    if (row >= 0) {
      changes.touch(row);
      EventCount.add(table.slots(row), table.slotOffset(row), eventTime);
      return true;
    }
    return candidates.add(id, eventTime) + 0.5 >= admitAfter;
  }

  /** Trains the rows of a batch with their gradients, and admits its new ids. */
  void train(BatchRows rows, float[] gradient, long eventTime) {
    int width = table.width();
    boolean shared = rows.usesShared();
    for (int entry = 1; entry < rows.size(); entry++) {
      long id = rows.id(entry);
      int row = rows.row(entry);
      if (row < 0) {
        shared = true;
        for (int i = 0; i < width; i++) {
          gradient[i] += gradient[entry * width + i];
        }
        row = admit(id);
      } else {
        changes.touch(row);
      }
      update(row, gradient, entry * width, eventTime);
      if (shrink > 0) {
        shrink(row);
      }
    }
    if (shared && sharedLearns) {
      int row = table.find(Ids.SHARED);
      changes.touch(row);
      update(row, gradient, 0, eventTime);
    }
    candidates.bound();
  }

  /** Expiry and eviction. */
  public void endRound(long before, long now) {
    ageing.endRound(table.size() - 1, before, now);
  }

  private int admit(long id) {
    int row = changes.touchOrInsert(id);
    initialise(row);
    candidates.admit(id, table.slots(row), table.slotOffset(row));
    return row;
  }

  private void initialise(int row) {
    if (spread > 0) {
      HashedNormal.fill(
          HashedNormal.key(initKey, table.idOf(row)),
          spread,
          table.values(row),
          table.valueOffset(row),
          table.width());
    }
    float[] start = starts == null ? null : starts.apply(table.idOf(row));
    if (start != null) {
      System.arraycopy(start, 0, table.values(row), table.valueOffset(row), table.width());
    }
  }

  private void update(int row, float[] gradient, int offset, long eventTime) {
    optimizer.update(
        table.values(row),
        table.valueOffset(row),
        table.slots(row),
        table.slotOffset(row) + EventCount.FLOATS,
        table.width(),
        gradient,
        offset,
        eventTime);
  }

  /**
   * Mini-batch-aware regularisation (arXiv 1706.06978, section 5.1), decoupled from the adaptive
   * step: w := w − rate·λ/n·w, once per id and batch, n the id's decayed count of events.
   */
  private void shrink(int row) {
    float[] values = table.values(row);
    int offset = table.valueOffset(row);
    float n = Math.max(1, EventCount.count(table.slots(row), table.slotOffset(row)));
    float keep = Math.max(0, 1 - shrink / n);
    for (int i = 0; i < table.width(); i++) {
      values[offset + i] *= keep;
    }
  }
}
