package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.learning.table.LearnerChanges;
import java.util.Map;

/** What a learner met that ranks nothing, and its ranking loss before training. */
final class TextTally {

  private static final double NEWEST = 0.01;

  /** Examples without a query, with an empty one, with an empty document; loss, of the newest. */
  private final double[] counts = new double[4];

  void declare(LearnerChanges changes) {
    changes.ownDoubles("texts", counts);
  }

  void learn(RankedBatch batch, double rankingLoss) {
    for (int e = 0; e < batch.size(); e++) {
      Example example = batch.examples().get(e);
      if (example.group() == 0) {
        counts[0]++;
      } else if (batch.queries().get(batch.query()[e]).length == 0) {
        counts[1]++;
      }
      if (batch.documents().get(batch.document()[e]).length == 0) {
        counts[2]++;
      }
    }
    counts[3] += NEWEST * (rankingLoss - counts[3]);
  }

  Map<String, Double> metrics() {
    return Map.of(
        "examplesWithoutQuery", counts[0],
        "emptyQueries", counts[1],
        "emptyDocuments", counts[2],
        "rankingLoss", counts[3]);
  }
}
