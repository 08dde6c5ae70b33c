package io.freshet.learning.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import java.lang.ref.Reference;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablesTest {

  private static final long START = 1_700_000_000_000L;
  private static final int WIDTH = 16;
  private static final RowOptimizer OPTIMIZER =
      RowOptimizer.of(new Optimizer(OptimizerKind.ADAGRAD, 0.25, 100, 0, 0, 0.05));

  private final RowTable rows = new RowTable("item", WIDTH, LearnedTable.slots(OPTIMIZER, WIDTH));
  private final LearnerChanges changes =
      new LearnerChanges(new ModelState(List.of(), List.of(rows)));

  @Test
  void aRowCostsAtMostFortyBytesOverItsFloatsAndSlots() {
    int count = 200_000;
    LearnedTable table = table(1, 0);
    table.create();
    long before = used();
    BatchRows batch = new BatchRows(table);
    for (int i = 0; i < count; i += 1_000) {
      batch.clear();
      for (int j = i; j < i + 1_000; j++) {
        batch.count(Ids.of("item" + j), START);
        batch.entry(Ids.of("item" + j));
      }
      batch.train(new float[batch.size() * WIDTH], START);
    }
    changes.drain();
    double perRow = (double) (used() - before) / count;
    assertThat(rows.size()).isEqualTo(count + 1);
    // The optimiser's one slot; the event count is part of the forty bytes.
    assertThat(perRow - Float.BYTES * (WIDTH + 1)).isLessThanOrEqualTo(40);
    Reference.reachabilityFence(table);
  }

  @Test
  void anIdThatGoesAndComesBackBetweenTwoDrainsIsChangedAndNotRemoved() {
    table(1, 0).create();
    ChangedRows changed = changes.rows(rows);
    changed.touchOrInsert(5);
    changed.touchOrInsert(6);
    changes.drain();
    changed.remove(rows.find(5));
    changed.remove(rows.find(6));
    int row = changed.touchOrInsert(5);
    rows.values(row)[rows.valueOffset(row)] = 3;
    StateDelta.Rows drained = changes.drain().serving().tables().get(0);
    assertThat(drained.ids()).containsExactly(5);
    assertThat(drained.values()[0]).isEqualTo(3);
    assertThat(drained.removed()).containsExactly(6);
    assertThat(changes.servingHash())
        .isEqualTo(new ModelState(List.of(), List.of(rows)).computeHash());
  }

  @Test
  void anIdThatReadersNeverSawLeavesNoTombstone() {
    ChangedRows changed = changes.rows(rows);
    changed.touchOrInsert(5);
    changed.remove(rows.find(5));
    assertThat(changes.drain().serving().tables()).isEmpty();
  }

  @Test
  void aDeltaIsSortedByUnsignedId() {
    ChangedRows changed = changes.rows(rows);
    for (long id : new long[] {-1, 3, Long.MIN_VALUE, 2, Long.MAX_VALUE}) {
      changed.touchOrInsert(id);
    }
    assertThat(changes.drain().serving().tables().get(0).ids())
        .containsExactly(2, 3, Long.MAX_VALUE, Long.MIN_VALUE, -1);
  }

  @Test
  void candidatesStayBoundedAndForgetThoseUnseenForLongest() {
    Candidates candidates = new Candidates("item", 100, changes);
    for (int i = 0; i < 101; i++) {
      candidates.add(1_000 - i, START + i);
    }
    candidates.bound();
    assertThat(candidates.size()).isEqualTo(50);
    assertThat(candidates.add(1_000 - 100, START + 101)).as("seen last").isGreaterThan(1.9f);
    assertThat(candidates.add(1_000, START + 101)).as("seen first").isEqualTo(1);
  }

  @Test
  void theSlotsOfARowAreDrainedAsTheLearnersOwnAndItsValuesAsTheServingStates() {
    LearnedTable table = table(1, 0);
    table.create();
    BatchRows batch = new BatchRows(table);
    step(batch, new long[] {7});
    changes.drain();
    step(batch, new long[] {7});
    LearnerDelta delta = changes.drain();
    StateDelta.Rows values = delta.serving().tables().get(0);
    StateDelta.Rows slots = delta.own().tables().get(0);
    assertThat(values.ids()).containsExactly(7);
    assertThat(values.width()).isEqualTo(WIDTH);
    assertThat(slots.ids()).containsExactly(7);
    assertThat(slots.width()).isEqualTo(rows.slotWidth());
    assertThat(slots.values()[0]).as("its count of events").isEqualTo(2);
  }

  @Test
  void candidatesAreTheLearnersOwnAndLeaveItWhenTheyAreAdmitted() {
    LearnedTable table = table(2, 0);
    table.create();
    changes.drain();
    BatchRows batch = new BatchRows(table);
    step(batch, new long[] {7});
    StateDelta own = changes.drain().own();
    assertThat(own.tables()).extracting(StateDelta.Rows::table).contains("item.candidates");
    step(batch, new long[] {7});
    StateDelta.Rows candidates =
        changes.drain().own().tables().stream()
            .filter(rows -> rows.table().equals("item.candidates"))
            .findFirst()
            .orElseThrow();
    assertThat(candidates.removed()).containsExactly(7);
  }

  @Test
  void regularisationShrinksARowOncePerBatchByTheRareMoreThanByTheCommon() {
    double shrink = 0.1;
    LearnedTable table = new LearnedTable(rows, changes, OPTIMIZER, feature(1, 0), 0.05, shrink, 1);
    table.create();
    BatchRows batch = new BatchRows(table);
    step(batch, new long[] {7});
    step(batch, new long[] {8, 8, 8, 8});
    float[] rare = values(7);
    float[] common = values(8);
    step(batch, new long[] {7, 7, 8});
    // Zero gradients: what is left is w := w − rate·λ/n·w with n = 3 and n = 5 events.
    for (int i = 0; i < WIDTH; i++) {
      assertThat(values(7)[i]).isEqualTo(rare[i] * (1 - (float) shrink / 3));
      assertThat(values(8)[i]).isEqualTo(common[i] * (1 - (float) shrink / 5));
    }
  }

  private void step(BatchRows batch, long[] ids) {
    batch.clear();
    for (long id : ids) {
      batch.count(id, START);
    }
    for (long id : ids) {
      batch.entry(id);
    }
    batch.train(new float[batch.size() * WIDTH], START);
  }

  private float[] values(long id) {
    float[] values = new float[WIDTH];
    int row = rows.find(id);
    System.arraycopy(rows.values(row), rows.valueOffset(row), values, 0, WIDTH);
    return values;
  }

  private LearnedTable table(double admitAfter, long expireAfterMs) {
    return new LearnedTable(
        rows, changes, OPTIMIZER, feature(admitAfter, expireAfterMs), 0.05, 0, 1);
  }

  private static Feature feature(double admitAfter, long expireAfterMs) {
    return new Feature(
        "item",
        List.of("item.id"),
        Use.ID,
        WIDTH,
        false,
        admitAfter,
        expireAfterMs,
        1_000_000,
        List.of());
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
