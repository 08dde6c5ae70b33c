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
 * @param group hashed id of the query that showed it; examples of one query stand side by side in a
 *     batch, and a batch never parts them; 0 = no query
 * @param position where it was shown, counted from 1; 0 = unknown
 * @param propensity probability that the user looked at it, as the source gave it; NaN = unknown
 */
public record Example(
    long id,
    EncodedExample features,
    float[] counters,
    float rawLogit,
    float label,
    float weight,
    Kind kind,
    long readyTime,
    long group,
    int position,
    float propensity) {

  /** An example that answers no query. */
  public Example(
      long id,
      EncodedExample features,
      float[] counters,
      float rawLogit,
      float label,
      float weight,
      Kind kind,
      long readyTime) {
    this(id, features, counters, rawLogit, label, weight, kind, readyTime, 0, 0, Float.NaN);
  }

  /** Why an example has its label. */
  public enum Kind {
    POSITIVE,
    NEGATIVE,
    PROVISIONAL_NEGATIVE,
    CORRECTION
  }
}
