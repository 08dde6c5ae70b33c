package io.freshet.learning.ctr;

import io.freshet.learning.Example;
import io.freshet.learning.table.CountedTable;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.CounterRows;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.List;

/** The counter tables. They learn from ready examples only, after the step. */
final class Counters {

  private final List<CountedTable> tables;
  private final List<CounterRows> rows;
  private final ModelState state;
  private final LearnerChanges changes;

  /**
   * @param tables of the counter slots, in the layout's order
   */
  Counters(
      List<CounterSlot> slots,
      List<CountedTable> tables,
      ModelState state,
      LearnerChanges changes) {
    this.tables = tables;
    this.rows = slots.stream().map(slot -> new CounterRows(slot.halfLivesMs())).toList();
    this.state = state;
    this.changes = changes;
  }

  void learn(List<Example> batch) {
    if (tables.isEmpty()) {
      return;
    }
    Tensor base = state.tensor(CtrShape.COUNTERS_BASE);
    changes.touch(base);
    for (Example example : batch) {
      CounterRows.updateBase(base.data(), example.label());
      long time = example.features().eventTime();
      for (int slot = 0; slot < tables.size(); slot++) {
        long id = example.features().counterIds()[slot];
        if (id != Ids.MISSING && id != Ids.SHARED) {
          CountedTable table = tables.get(slot);
          int row = table.event(id, time);
          rows.get(slot)
              .update(
                  table.table().values(row), table.table().valueOffset(row), example.label(), time);
        }
      }
    }
  }
}
