package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.scoring.settings.RankingSettings;
import java.util.List;

/**
 * The probability that a document was looked at, where it was shown; one over it is what a click
 * weighs (inverse propensity, Joachims et al., WSDM 2017), cut where the settings say. Where
 * nothing is known of an example, its click weighs 1.
 */
final class Examination {

  private final double clip;
  private final List<Double> positions;
  private final boolean given;

  Examination(RankingSettings.Examination settings) {
    clip = settings.clip();
    positions = settings.positions();
    given = settings.from() == RankingSettings.Source.GIVEN;
  }

  /** One over the probability, at least 1. */
  float clickWeight(Example example) {
    double probability = given ? example.propensity() : byPosition(example.position());
    return probability > 0 ? (float) Math.min(clip, Math.max(1, 1 / probability)) : 1;
  }

  private double byPosition(int position) {
    int index = Math.min(position, positions.size()) - 1;
    return index < 0 ? Double.NaN : positions.get(index);
  }
}
