package io.freshet.learning.gate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds that the mean of bounded values has risen above zero: an e-detector (Shin, Ramdas and
 * Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", 2023) built of
 * bets (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2023).
 *
 * <p>A round's values x, each at least −1, give for each stake λ the e-value E = ∏(1 + λx), whose
 * mean is at most 1 while every value's mean, given all before it, is at most 0. From them comes a
 * Shiryaev–Roberts sum, M ← (M + 1)·E at each round's end, and {@link #log} is the logarithm of the
 * mean of M over the stakes. Whatever the values' distribution: one that raises an alarm when that
 * mean reaches c waits at least c rounds for a false one, on average.
 */
final class Detector {

  /** Stakes below 1: a value of −1 must leave something to bet with. */
  private static final double[] STAKES = {1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 0.9};

  /**
   * Factors multiplied before a logarithm is taken; each is between 0.1 and 1 + 0.9·{@link #MOST}.
   */
  private static final int FACTORS = 64;

  /** Larger values count as this one, which can only delay an alarm. */
  static final double MOST = 4;

  /** Logarithms of M at the last round's end. */
  private final double[] ended = new double[STAKES.length];

  /** Logarithms of this round's E, but for the factors in {@link #product}. */
  private final double[] open = new double[STAKES.length];

  private final double[] product = new double[STAKES.length];
  private int factors;

  Detector() {
    reset();
  }

  /** Forgets all values. */
  void reset() {
    Arrays.fill(ended, Double.NEGATIVE_INFINITY);
    Arrays.fill(open, 0);
    Arrays.fill(product, 1);
    factors = 0;
  }

  /**
   * @param value at least −1; its mean is at most 0 where all is well
   */
  void add(double value) {
    if (!(value >= -1)) {
      throw new IllegalArgumentException("a value must be at least -1, got " + value);
    }
    double bounded = Math.min(value, MOST);
    for (int s = 0; s < STAKES.length; s++) {
      product[s] *= 1 + STAKES[s] * bounded;
    }
    factors++;
    if (factors == FACTORS) {
      collect();
    }
  }

  private void collect() {
    for (int s = 0; s < STAKES.length; s++) {
      open[s] += StrictMath.log(product[s]);
    }
    Arrays.fill(product, 1);
    factors = 0;
  }

  void endRound() {
    collect();
    for (int s = 0; s < STAKES.length; s++) {
      ended[s] = logOfSum(ended[s], 0) + open[s];
    }
    Arrays.fill(open, 0);
  }

  /** The logarithm of the evidence at the last round's end. */
  double log() {
    double sum = Double.NEGATIVE_INFINITY;
    for (double one : ended) {
      sum = logOfSum(sum, one);
    }
    return sum - StrictMath.log(STAKES.length);
  }

  /** ln(e^a + e^b). */
  private static double logOfSum(double a, double b) {
    double larger = Math.max(a, b);
    return larger == Double.NEGATIVE_INFINITY
        ? larger
        : larger + StrictMath.log1p(StrictMath.exp(Math.min(a, b) - larger));
  }

  void save(DataOutput out) throws IOException {
    for (int s = 0; s < STAKES.length; s++) {
      out.writeDouble(ended[s]);
      out.writeDouble(open[s]);
      out.writeDouble(product[s]);
    }
    out.writeInt(factors);
  }

  /** Reads what {@link #save} wrote. */
  void load(DataInput in) throws IOException {
    for (int s = 0; s < STAKES.length; s++) {
      ended[s] = in.readDouble();
      open[s] = in.readDouble();
      product[s] = in.readDouble();
    }
    factors = in.readInt();
  }
}
