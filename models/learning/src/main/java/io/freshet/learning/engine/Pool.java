package io.freshet.learning.engine;

import io.freshet.scoring.settings.ModelSettings.Normalize;

/**
 * From the activation unit's scores to one vector per example, on packed positions, forward and
 * backward.
 */
final class Pool {

  private final PackedHistory history;
  private final Normalize normalize;

  /** [positions]: w of pooled = Σ w·k. */
  private final float[] weights;

  /** [B][width]. */
  final float[] pooled;

  /** The mean of every history: scores that are all the same. */
  static Pool mean(PackedHistory history) {
    return new Pool(history, Normalize.SOFTMAX, new float[history.positions]);
  }

  /**
   * @param scores [positions], overwritten with the weights
   */
  Pool(PackedHistory history, Normalize normalize, float[] scores) {
    this.history = history;
    this.normalize = normalize;
    this.weights = scores;
    this.pooled = new float[history.queries.length];
    for (int e = 0; e + 1 < history.offsets.length; e++) {
      int from = history.offsets[e];
      int to = history.offsets[e + 1];
      normalise(from, to);
      for (int j = from; j < to; j++) {
        axpy(weights[j], history.keys, j * history.width, pooled, e * history.width);
      }
    }
  }

  /**
   * Adds the gradients of the keys that pooling alone gives.
   *
   * @param gradient [B][width] of the pooled vectors
   * @return [positions] gradients of the scores
   */
  float[] backward(float[] gradient) {
    int width = history.width;
    float[] scores = new float[weights.length];
    for (int e = 0; e + 1 < history.offsets.length; e++) {
      int from = history.offsets[e];
      int to = history.offsets[e + 1];
      float mean = 0;
      for (int j = from; j < to; j++) {
        axpy(weights[j], gradient, e * width, history.keyGradients, j * width);
        scores[j] = dot(gradient, e * width, history.keys, j * width);
        mean += weights[j] * scores[j];
      }
      for (int j = from; j < to; j++) {
        switch (normalize) {
          case SOFTMAX -> scores[j] = weights[j] * (scores[j] - mean);
          case MEAN -> scores[j] /= to - from;
          case NONE -> {}
        }
      }
    }
    return scores;
  }

  private void normalise(int from, int to) {
    switch (normalize) {
      case SOFTMAX -> softmax(from, to);
      case MEAN -> {
        for (int j = from; j < to; j++) {
          weights[j] /= to - from;
        }
      }
      case NONE -> {}
    }
  }

  private void softmax(int from, int to) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int j = from; j < to; j++) {
      largest = Math.max(largest, weights[j]);
    }
    double sum = 0;
    for (int j = from; j < to; j++) {
      weights[j] = (float) Math.exp(weights[j] - largest);
      sum += weights[j];
    }
    float inverse = (float) (1 / sum);
    for (int j = from; j < to; j++) {
      weights[j] *= inverse;
    }
  }

  private void axpy(float a, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < history.width; i++) {
      y[yOffset + i] += a * x[xOffset + i];
    }
  }

  private float dot(float[] x, int xOffset, float[] y, int yOffset) {
    float sum = 0;
    for (int i = 0; i < history.width; i++) {
      sum += x[xOffset + i] * y[yOffset + i];
    }
    return sum;
  }
}
