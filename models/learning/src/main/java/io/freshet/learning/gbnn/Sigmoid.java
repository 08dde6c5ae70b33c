package io.freshet.learning.gbnn;

/**
 * 1 / (1 + e^−x) in double precision by fixed arithmetic, so that every machine gives the same
 * bits: e^x by reduction to |r| ≤ ln 2 / 2 and the power series, to a few units in the last place.
 */
final class Sigmoid {

  /** 1.5·2^52: adding it rounds to an integer, which then lies in the low bits. */
  private static final double ROUNDER = 6_755_399_441_055_744.0;

  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;
  private static final double LARGEST = 700;

  private Sigmoid() {}

  static void apply(double[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = 1 / (1 + exp(-x[i]));
    }
  }

  /** e^x, for x cut to ±700. */
  static double exp(double x) {
    double cut = Math.max(-LARGEST, Math.min(LARGEST, x));
    double shifted = cut * LOG2_E + ROUNDER;
    double n = shifted - ROUNDER;
    double r = cut - n * LN2_HIGH - n * LN2_LOW;
    double p = 1 / 6227020800.0;
    p = p * r + 1 / 479001600.0;
    p = p * r + 1 / 39916800.0;
    p = p * r + 1 / 3628800.0;
    p = p * r + 1 / 362880.0;
    p = p * r + 1 / 40320.0;
    p = p * r + 1 / 5040.0;
    p = p * r + 1 / 720.0;
    p = p * r + 1 / 120.0;
    p = p * r + 1 / 24.0;
    p = p * r + 1 / 6.0;
    p = p * r + 0.5;
    p = p * r * r + r + 1;
    long power = Double.doubleToRawLongBits(shifted) << 52;
    return Double.longBitsToDouble(Double.doubleToRawLongBits(p) + power);
  }
}
