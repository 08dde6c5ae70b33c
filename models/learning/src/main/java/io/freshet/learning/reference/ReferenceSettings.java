package io.freshet.learning.reference;

import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.InvalidSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What the references need to know of the job and of the model that they stand beside.
 *
 * @param layout of the model's features, which {@code logistic-regression} uses too
 * @param smoothing pseudo-examples with which the rate of an item or a user starts at the base rate
 * @param maxIds items, and users, and ids of one counter slot, whose rates are kept: at the limit
 *     the eighth that was trained on longest ago goes
 */
public record ReferenceSettings(
    FeatureLayout layout, double smoothing, int maxIds, FtrlSettings ftrl) {

  public static final double DEFAULT_SMOOTHING = 5;
  public static final int DEFAULT_MAX_IDS = 2_000_000;

  public ReferenceSettings {
    List<String> problems = new ArrayList<>();
    if (!(smoothing > 0 && smoothing < Double.POSITIVE_INFINITY)) {
      problems.add("smoothing of the references must be > 0 and finite, got " + smoothing);
    }
    if (maxIds < 8) {
      problems.add("maxIds of the references must be >= 8, got " + maxIds);
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }

  /** The defaults beside a model of this layout. */
  public static ReferenceSettings of(FeatureLayout layout) {
    return new ReferenceSettings(
        layout, DEFAULT_SMOOTHING, DEFAULT_MAX_IDS, FtrlSettings.defaults());
  }

  public ReferenceSettings withFtrl(FtrlSettings changed) {
    return new ReferenceSettings(layout, smoothing, maxIds, changed);
  }
}
