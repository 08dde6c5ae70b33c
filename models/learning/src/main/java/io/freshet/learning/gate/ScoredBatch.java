package io.freshet.learning.gate;

import org.jspecify.annotations.Nullable;

/**
 * Examples that neither candidate nor reference has trained on, in the stream's order, with what
 * both answer to them.
 *
 * @param labels between 0 and 1
 * @param weights at least 0; usually 1
 * @param candidate probabilities by the learner's state just before it trains on these examples
 * @param reference probabilities by the reference's state; null only while {@link Gate#compares} is
 *     false
 */
public record ScoredBatch(
    float[] labels, float[] weights, float[] candidate, float @Nullable [] reference) {

  public ScoredBatch {
    int examples = labels.length;
    if (weights.length != examples
        || candidate.length != examples
        || (reference != null && reference.length != examples)) {
      throw new IllegalArgumentException(
          "labels, weights and predictions must be of the same examples, got %d labels, %d weights, %d and %s predictions"
              .formatted(
                  examples,
                  weights.length,
                  candidate.length,
                  reference == null ? "no" : reference.length));
    }
    for (int i = 0; i < examples; i++) {
      boolean sound =
          labels[i] >= 0 && labels[i] <= 1 && weights[i] >= 0 && Float.isFinite(weights[i]);
      if (!sound) {
        throw new IllegalArgumentException(
            "labels must be 0 to 1 and weights finite and at least 0, got label %s and weight %s at %d"
                .formatted(labels[i], weights[i], i));
      }
    }
  }

  /** A batch without scores by the reference, for rounds in which the gate does not compare. */
  public static ScoredBatch unpaired(float[] labels, float[] weights, float[] candidate) {
    return new ScoredBatch(labels, weights, candidate, null);
  }

  int size() {
    return labels.length;
  }
}
