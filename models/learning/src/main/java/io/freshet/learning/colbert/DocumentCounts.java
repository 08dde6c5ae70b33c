package io.freshet.learning.colbert;

import io.freshet.learning.table.CountedTable;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.learning.table.SeenIds;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;

/**
 * In how many distinct documents each word was, for the IDF that query tokens start from; and how
 * often each document was shown. A text that changes is another document; one that was forgotten
 * and comes again counts twice.
 */
final class DocumentCounts {

  private static final int DOCUMENTS = 1 << 18;

  private final Tensor count;
  private final CountedTable words;
  private final SeenIds shown;
  private final LearnerChanges changes;
  private final LongOpenHashSet inDocument = new LongOpenHashSet();

  DocumentCounts(ColbertShape shape, ModelState state, LearnerChanges changes) {
    this.changes = changes;
    this.count = state.tensor(ColbertShape.COUNT);
    this.words =
        new CountedTable(
            state.table(ColbertShape.FREQUENCIES),
            changes,
            ColbertRows.feature(ColbertShape.FREQUENCIES, shape.ranking().tokens()));
    this.shown = new SeenIds("tokens.shown", DOCUMENTS, changes);
  }

  void create() {
    words.create();
  }

  /** The share of all documents shown that were this one. */
  float share(long document) {
    return shown.share(document);
  }

  /** Counts the documents that a batch showed. */
  void learn(RankedBatch batch) {
    for (int e = 0; e < batch.size(); e++) {
      long[] tokens = batch.documents().get(batch.document()[e]);
      long time = batch.examples().get(e).features().eventTime();
      if (shown.add(RankedBatch.id(tokens), time) && tokens.length > 0) {
        count(tokens, time);
      }
    }
    shown.bound();
  }

  private void count(long[] tokens, long time) {
    changes.touch(count);
    count.data()[0]++;
    inDocument.clear();
    RowTable table = words.table();
    boolean head = true;
    for (long id : tokens) {
      if (head && inDocument.add(id)) {
        int row = words.event(id, time);
        table.values(row)[table.valueOffset(row)]++;
      }
      head = id == Ids.SHARED;
    }
  }

  void endRound(long before, long now) {
    words.endRound(before, now);
  }
}
