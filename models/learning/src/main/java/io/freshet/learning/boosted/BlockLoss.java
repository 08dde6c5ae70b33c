package io.freshet.learning.boosted;

import io.freshet.scoring.kernel.FloatMath;

/** What the sum of the blocks is judged by, with bits that are the same on every machine. */
enum BlockLoss {

  /** The log loss of a logit; labels are 0 or 1. */
  LOGISTIC {
    /** max(l, 0) − l·y + ln(1 + e^−|l|): without overflow. */
    @Override
    float of(float logit, float label) {
      return Math.max(logit, 0)
          - logit * label
          + FloatMath.ln(1f + FloatMath.exp(-Math.abs(logit)));
    }

    @Override
    float residual(float logit, float label) {
      return label - FloatMath.sigmoid(logit);
    }

    /** p·(1 − p), from the residual alone, as |y − p| is p or 1 − p. */
    @Override
    float curvature(float residual) {
      float rest = Math.abs(residual);
      return rest * (1f - rest);
    }

    @Override
    double start(double weight, double labels) {
      return StrictMath.log((labels + PRIOR_LABELS) / (weight - labels + PRIOR_LABELS));
    }

    @Override
    double steepest() {
      return 1;
    }

    @Override
    boolean isLabel(float label) {
      return label == 0 || label == 1;
    }
  },

  /** Half the squared error of a value; labels are numbers, best standardised. */
  SQUARED {
    @Override
    float of(float value, float label) {
      return 0.5f * (label - value) * (label - value);
    }

    @Override
    float residual(float value, float label) {
      return label - value;
    }

    @Override
    float curvature(float residual) {
      return 1;
    }

    @Override
    double start(double weight, double labels) {
      return labels / (weight + PRIOR_LABELS);
    }

    /** Of labels and sums within 2 of 0. */
    @Override
    double steepest() {
      return 4;
    }

    @Override
    boolean isLabel(float label) {
      return Float.isFinite(label);
    }
  };

  /** Examples of either label, or of label 0, before the first. */
  private static final double PRIOR_LABELS = 1;

  abstract float of(float score, float label);

  /** The negative gradient, what is left to learn. */
  abstract float residual(float score, float label);

  /** The second derivative where the residual is this. */
  abstract float curvature(float residual);

  /**
   * The constant that fits best, of which a few examples, or all of one label, make nothing wild.
   *
   * @param weight of all examples
   * @param labels sum of weight × label
   */
  abstract double start(double weight, double labels);

  /** A bound on the slope. */
  abstract double steepest();

  abstract boolean isLabel(float label);
}
