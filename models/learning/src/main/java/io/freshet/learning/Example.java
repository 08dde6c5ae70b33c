package io.freshet.learning;

import io.freshet.scoring.feature.EncodedExample;

/**
 * What a learner learns from: features as they were at the impression, and its label.
 *
 * @param id hashed example id; breaks ties, never a feature
 * @param features frozen at the impression
 * @param counters as the learner's own state had them at the impression ({@link
 *     Prediction#counters})
 * @param rawLogit the prediction that counts, before calibration: made before the label was known
 * @param label 1 or 0
 * @param readyTime when the label became known; milliseconds since 1970 UTC
 */
public record Example(
    long id,
    EncodedExample features,
    float[] counters,
    float rawLogit,
    float label,
    float weight,
    Kind kind,
    long readyTime) {

  /** Why an example has its label. */
  public enum Kind {
    POSITIVE,
    NEGATIVE,
    PROVISIONAL_NEGATIVE,
    CORRECTION
  }
}
