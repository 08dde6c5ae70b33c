package io.freshet.learning.colbert;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.learning.table.BatchRows;
import io.freshet.learning.table.LearnedTable;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.RankingSettings.Tokens;
import io.freshet.scoring.state.ModelState;
import it.unimi.dsi.fastutil.longs.LongLinkedOpenHashSet;
import java.util.ArrayList;
import java.util.List;

/** The tables that gradients train, and the rows that a batch reads of them. */
final class ColbertRows implements Entries {

  private final boolean documentsLearn;
  private final PretrainedRows pretrained;
  private final List<LearnedTable> tables = new ArrayList<>();
  private final BatchRows words;
  private final LongLinkedOpenHashSet known = new LongLinkedOpenHashSet();
  private final BatchRows weights;
  private final List<BatchRows> additions = new ArrayList<>();

  ColbertRows(
      ColbertShape shape, ModelState state, LearnerChanges changes, PretrainedRows pretrained) {
    this.pretrained = pretrained;
    ModelSettings settings = shape.settings();
    this.documentsLearn = settings.ranking().documentShare() > 0;
    RowOptimizer optimizer = RowOptimizer.of(settings.optimizer().rows());
    this.words =
        rows(
            offsets(ColbertShape.WORDS, settings, state, changes, optimizer)
                .startingFrom(pretrained::start));
    this.weights = rows(offsets(ColbertShape.WEIGHTS, settings, state, changes, optimizer));
    for (IdSlot slot : shape.additions()) {
      additions.add(
          rows(
              new LearnedTable(
                  state.table(slot.name()),
                  changes,
                  optimizer,
                  feature(settings, slot.name()),
                  0,
                  0,
                  HashedNormal.key(settings.seed(), settings.name(), slot.name()))));
    }
  }

  private BatchRows rows(LearnedTable table) {
    tables.add(table);
    return new BatchRows(table);
  }

  private static LearnedTable offsets(
      String table,
      ModelSettings settings,
      ModelState state,
      LearnerChanges changes,
      RowOptimizer optimizer) {
    return LearnedTable.ofOffsets(
        state.table(table), changes, optimizer, feature(table, settings.ranking().tokens()));
  }

  private static Feature feature(ModelSettings settings, String name) {
    return settings.features().stream()
        .filter(feature -> feature.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no feature is named after table " + name));
  }

  /** A table of tokens as if a feature had declared it. */
  static Feature feature(String table, Tokens tokens) {
    return new Feature(
        table,
        List.of("query.text"),
        Use.TEXT,
        1,
        false,
        tokens.admitAfter(),
        tokens.expireAfterMs(),
        tokens.maxRows(),
        List.of());
  }

  void create() {
    tables.forEach(LearnedTable::create);
  }

  long parameters() {
    return tables.stream()
        .mapToLong(table -> (long) table.table().size() * table.table().width())
        .sum();
  }

  void endRound(long before, long now) {
    tables.forEach(table -> table.endRound(before, now));
  }

  /** Counts one event of every id of every text, and finds their rows. */
  void read(RankedBatch batch) {
    words.clear();
    known.clear();
    weights.clear();
    additions.forEach(BatchRows::clear);
    long now = batch.examples().get(batch.size() - 1).features().eventTime();
    for (int q = 0; q < batch.queries().size(); q++) {
      count(batch.queries().get(q), now, true);
    }
    for (int d = 0; d < batch.documents().size(); d++) {
      if (documentsLearn) {
        count(batch.documents().get(d), now, false);
      } else {
        countKnown(batch.documents().get(d), now);
      }
    }
    for (int e = 0; e < batch.size(); e++) {
      long[] ids = ColbertShape.additions(batch.examples().get(e).features());
      for (int a = 0; a < ids.length; a++) {
        additions.get(a).count(ids[a], batch.examples().get(e).features().eventTime());
      }
    }
    find(batch);
  }

  private void count(long[] tokens, long time, boolean ofQuery) {
    boolean head = true;
    for (long id : tokens) {
      words.count(id, time);
      if (head && ofQuery) {
        weights.count(id, time);
      }
      head = id == Ids.SHARED;
    }
  }

  /** Words of documents that the encoder knows and that have no row get one, and that is all. */
  private void countKnown(long[] tokens, long time) {
    boolean head = true;
    for (long id : tokens) {
      if (head && pretrained.knows(id) && tables.get(0).table().find(id) < 0) {
        words.count(id, time);
        known.add(id);
      }
      head = id == Ids.SHARED;
    }
  }

  private void find(RankedBatch batch) {
    known.forEach(words::entry);
    for (int q = 0; q < batch.queries().size(); q++) {
      boolean head = true;
      for (long id : batch.queries().get(q)) {
        words.entry(id);
        if (head) {
          weights.entry(id);
        }
        head = id == Ids.SHARED;
      }
    }
    for (int d = 0; documentsLearn && d < batch.documents().size(); d++) {
      for (long id : batch.documents().get(d)) {
        words.entry(id);
      }
    }
    for (int e = 0; e < batch.size(); e++) {
      long[] ids = ColbertShape.additions(batch.examples().get(e).features());
      for (int a = 0; a < ids.length; a++) {
        additions.get(a).entry(ids[a]);
      }
    }
  }

  /** Trains all rows. */
  void train(ColbertStep step, long eventTime) {
    words.train(step.words(), eventTime);
    weights.train(step.weights(), eventTime);
    for (int a = 0; a < additions.size(); a++) {
      additions.get(a).train(step.additions()[a], eventTime);
    }
  }

  @Override
  public int words() {
    return words.size();
  }

  @Override
  public int word(long id) {
    return words.entry(id);
  }

  @Override
  public int weights() {
    return weights.size();
  }

  @Override
  public int weight(long id) {
    return weights.entry(id);
  }

  @Override
  public int additions(int table) {
    return additions.get(table).size();
  }

  @Override
  public int addition(int table, long id) {
    return additions.get(table).entry(id);
  }
}
