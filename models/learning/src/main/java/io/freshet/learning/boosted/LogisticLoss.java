package io.freshet.learning.boosted;

import io.freshet.scoring.kernel.FloatMath;

/** The log loss of a logit, with bits that are the same on every machine. */
final class LogisticLoss {

  private LogisticLoss() {}

  /** max(l, 0) − l·y + ln(1 + e^−|l|): without overflow. */
  static float of(float logit, float label) {
    return Math.max(logit, 0) - logit * label + FloatMath.ln(1f + FloatMath.exp(-Math.abs(logit)));
  }

  /** The negative gradient y − p, what is left to learn. */
  static float residual(float logit, float label) {
    return label - FloatMath.sigmoid(logit);
  }

  /** The second derivative p·(1 − p), from the residual alone, as |y − p| is p or 1 − p. */
  static float curvature(float residual) {
    float rest = Math.abs(residual);
    return rest * (1f - rest);
  }
}
