package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Source;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The probability that a document was looked at, where it was shown; one over it is what a click
 * weighs (inverse propensity, Joachims et al., WSDM 2017), cut where the settings say. Where
 * nothing is known of an example, its click weighs 1.
 */
final class Examination {

  private final double clip;
  private final List<Double> positions;
  private final boolean given;
  private final @Nullable EstimatedExamination estimated;

  Examination(RankingSettings.Examination settings, LearnerChanges changes) {
    clip = settings.clip();
    positions = settings.positions();
    given = settings.from() == Source.GIVEN;
    estimated =
        settings.from() == Source.ESTIMATED ? new EstimatedExamination(settings, changes) : null;
  }

  /** One over the probability, at least 1. */
  float clickWeight(Example example) {
    double probability = given ? example.propensity() : byPosition(example);
    return probability > 0 ? (float) Math.min(clip, Math.max(1, 1 / probability)) : 1;
  }

  private double byPosition(Example example) {
    if (estimated != null) {
      return estimated.chance(example);
    }
    int index = Math.min(example.position(), positions.size()) - 1;
    return index < 0 ? Double.NaN : positions.get(index);
  }

  /** Takes in what a batch showed, after it was learnt. */
  void learn(RankedBatch batch) {
    if (estimated != null) {
      estimated.learn(batch);
    }
  }

  void endRound(long eventTime) {
    if (estimated != null) {
      estimated.endRound(eventTime);
    }
  }

  void addMetrics(Map<String, Double> metrics) {
    if (estimated != null) {
      estimated.addMetrics(metrics);
    }
  }
}
