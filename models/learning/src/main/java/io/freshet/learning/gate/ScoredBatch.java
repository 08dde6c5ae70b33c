package io.freshet.learning.gate;

/**
 * Examples that neither candidate nor reference has trained on, in the stream's order, with what
 * both answer to them.
 *
 * @param labels between 0 and 1
 * @param weights at least 0; usually 1
 * @param candidate probabilities by the learner's state just before it trains on these examples
 * @param reference probabilities by the reference's state
 */
public record ScoredBatch(float[] labels, float[] weights, float[] candidate, float[] reference) {

  public ScoredBatch {
    int examples = labels.length;
    if (weights.length != examples
        || candidate.length != examples
        || reference.length != examples) {
      throw new IllegalArgumentException(
          "labels, weights and predictions must be of the same examples, got %d labels, %d weights, %d and %d predictions"
              .formatted(examples, weights.length, candidate.length, reference.length));
    }
    for (int i = 0; i < examples; i++) {
      boolean sound =
          labels[i] >= 0
              && labels[i] <= 1
              && weights[i] >= 0
              && Float.isFinite(weights[i])
              && Float.isFinite(reference[i]);
      if (!sound) {
        throw new IllegalArgumentException(
            "labels must be 0 to 1, weights at least 0 and the reference's predictions finite, got label %s, weight %s and prediction %s at %d"
                .formatted(labels[i], weights[i], reference[i], i));
      }
    }
  }

  int size() {
    return labels.length;
  }
}
