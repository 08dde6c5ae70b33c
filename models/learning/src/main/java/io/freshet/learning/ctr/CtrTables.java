package io.freshet.learning.ctr;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.learning.table.CountedTable;
import io.freshet.learning.table.LearnedTable;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.TableSpec;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;

/** All tables of a click-through network: those that gradients train, and the counters. */
final class CtrTables {

  private final List<LearnedTable> learned = new ArrayList<>();
  private final List<CountedTable> counted = new ArrayList<>();

  CtrTables(ModelSettings settings, CtrShape shape, ModelState state, LearnerChanges changes) {
    for (TableSpec spec : shape.tables()) {
      RowTable table = state.table(spec.name());
      Feature feature = feature(settings, spec.name());
      if (spec.trainable()) {
        learned.add(learned(settings, spec, feature, table, changes));
      } else {
        counted.add(new CountedTable(table, changes, feature));
      }
    }
  }

  /** Tensors of zeros, and empty tables with room for what the learner keeps beside a row. */
  static ModelState emptyState(ModelSettings settings, CtrShape shape) {
    RowOptimizer optimizer = RowOptimizer.of(settings.optimizer().rows());
    return new ModelState(
        shape.tensors().stream().map(spec -> Tensor.zeros(spec.name(), spec.dimensions())).toList(),
        shape.tables().stream()
            .map(
                spec ->
                    new RowTable(
                        spec.name(),
                        spec.width(),
                        spec.trainable()
                            ? LearnedTable.slots(optimizer, spec.width())
                            : CountedTable.SLOTS))
            .toList());
  }

  void create() {
    learned.forEach(LearnedTable::create);
    counted.forEach(CountedTable::create);
  }

  /** Tables of id, bag, cross and bias slots, in the layout's order. */
  List<LearnedTable> learned() {
    return learned;
  }

  /** Tables of counter slots, in the layout's order. */
  List<CountedTable> counted() {
    return counted;
  }

  long parameters() {
    return learned.stream()
        .mapToLong(table -> (long) table.table().size() * table.table().width())
        .sum();
  }

  void endRound(long before, long now) {
    learned.forEach(table -> table.endRound(before, now));
    counted.forEach(table -> table.endRound(before, now));
  }

  /** The paper regularises embeddings only: rows of ids and bags. */
  private static LearnedTable learned(
      ModelSettings settings,
      TableSpec spec,
      Feature feature,
      RowTable table,
      LearnerChanges changes) {
    Optimizer rows = settings.optimizer().rows();
    boolean embedding = spec.randomStart();
    return new LearnedTable(
        table,
        changes,
        RowOptimizer.of(rows),
        feature,
        embedding ? rows.spread() : 0,
        embedding ? rows.rate() * settings.regularization().rows() : 0,
        HashedNormal.key(settings.seed(), settings.name(), spec.name()));
  }

  private static Feature feature(ModelSettings settings, String name) {
    return settings.features().stream()
        .filter(feature -> feature.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no feature is named after table " + name));
  }
}
