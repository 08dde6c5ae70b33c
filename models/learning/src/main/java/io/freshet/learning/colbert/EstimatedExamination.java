package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.learning.table.DecayedSums;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.RankingSettings;
import java.util.Map;

/**
 * Estimates from what the stream shows how likely each position is to be looked at, by {@link
 * PositionEffects}. Counts every pair of a query's and a document's text by position; estimates
 * anew at the end of a round when a twentieth of all clicks have come since the last time, so that
 * the cost of looking at all pairs is shared out among clicks. A learner's own state: no reader
 * needs it, since positions play no part in how documents match.
 *
 * <p>What ranks must not have learnt from the same pair's own clicks in between, or looks depend on
 * clicks (the estimate then leans towards where what was clicked has gone).
 */
final class EstimatedExamination {

  private static final int FEWEST_CLICKS = 20;
  private static final double NEW_SHARE = 0.05;

  /** What is where in {@link #numbers}. */
  private static final int CLICKS = 0;

  private static final int CLICKS_THEN = 1;
  private static final int UNWEIGHTED = 2;
  private static final int PAIRS = 3;
  private static final int ERROR = 4;
  private static final int COUNT = 5;

  private final int positions;
  private final double largestError;
  private final DecayedSums sums;
  private final double[] logs;
  private final double[] chances;
  private final double[] numbers = new double[COUNT];

  EstimatedExamination(RankingSettings.Examination settings, LearnerChanges changes) {
    positions = settings.upTo();
    largestError = settings.error();
    sums = new DecayedSums("examination.pairs", 2 * positions, settings.maxPairs(), changes);
    logs = new double[positions];
    chances = new double[positions];
    changes.ownDoubles("examination.logs", logs);
    changes.ownDoubles("examination.chances", chances);
    changes.ownDoubles("examination.numbers", numbers);
  }

  /** The chance of being looked at, relative to where it is largest; 0 where it is not known. */
  double chance(Example example) {
    return example.position() < 1 ? 0 : chances[place(example)];
  }

  /** Positions from the last on are one. */
  private int place(Example example) {
    return Math.min(example.position(), positions) - 1;
  }

  /** Counts what a batch showed, after it was learnt. */
  void learn(RankedBatch batch) {
    for (int e = 0; e < batch.size(); e++) {
      Example example = batch.examples().get(e);
      long[] query = batch.queries().get(batch.query()[e]);
      long[] document = batch.documents().get(batch.document()[e]);
      boolean clicked = example.label() > 0;
      if (clicked && chance(example) == 0) {
        numbers[UNWEIGHTED]++;
      }
      if (example.position() < 1 || query.length == 0 || document.length == 0) {
        continue;
      }
      long pair = Ids.cross(new long[] {RankedBatch.id(query), RankedBatch.id(document)});
      long time = example.features().eventTime();
      sums.add(pair, place(example), time);
      if (clicked) {
        sums.add(pair, positions + place(example), time);
        numbers[CLICKS]++;
      }
    }
    sums.bound();
  }

  void endRound(long eventTime) {
    double since = numbers[CLICKS] - numbers[CLICKS_THEN];
    if (since < Math.max(FEWEST_CLICKS, NEW_SHARE * numbers[CLICKS])) {
      return;
    }
    numbers[CLICKS_THEN] = numbers[CLICKS];
    PositionEffects effects = new PositionEffects(positions);
    sums.forEach(eventTime, effects::add);
    numbers[PAIRS] = effects.pairs();
    numbers[ERROR] = 0;
    PositionEffects.Estimate estimate = effects.estimate(logs);
    System.arraycopy(estimate.logs(), 0, logs, 0, positions);
    System.arraycopy(estimate.known(largestError), 0, chances, 0, positions);
    for (int k = 0; k < positions; k++) {
      if (chances[k] > 0) {
        numbers[ERROR] = Math.max(numbers[ERROR], estimate.error(k));
      }
    }
  }

  void addMetrics(Map<String, Double> metrics) {
    int known = 0;
    for (int k = 0; k < positions; k++) {
      if (chances[k] > 0) {
        metrics.put(PositionBias.metric(k + 1), chances[k]);
        known++;
      }
    }
    metrics.put(PositionBias.KNOWN, (double) known);
    metrics.put(PositionBias.MOVED_PAIRS, numbers[PAIRS]);
    metrics.put(PositionBias.LARGEST_ERROR, numbers[ERROR]);
    metrics.put(PositionBias.UNWEIGHTED_CLICKS, numbers[UNWEIGHTED]);
  }
}
