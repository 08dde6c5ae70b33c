package io.freshet.learning.gate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds that the mean of a series is above what is allowed, however its values hang together over
 * short distances: an e-detector (Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric framework
 * for sequential change detection", 2023) built of bets (Waudby-Smith and Ramdas, "Estimating means
 * of bounded random variables by betting", 2023) on means of blocks.
 *
 * <p>With m the mean of a block's values, a the mean of what is allowed for them, and r the range,
 * the largest |m| seen before, x = (m − a) / r, not below −1. The blocks that a round closes give
 * for each stake λ the e-value E = ∏(1 + λx), whose mean is at most 1 while that of each x, given
 * all before it, is at most 0. From these comes a Shiryaev–Roberts sum, M ← (M + 1)·E at each
 * round's end, and {@link #log} is the logarithm of the mean of M over the stakes. Whatever the
 * distribution: who raises an alarm when that mean reaches c waits at least c rounds for a false
 * one, on average.
 *
 * <p>The range makes a stream that jumps about a reason for patience: it is forgotten slowly, and
 * one block can raise it only a little, so that damage does not hide itself.
 */
final class Detector {

  /** Below 1: a value of −1 must leave something to bet with. */
  private static final double[] STAKES = {1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 0.9};

  /** Larger values of x count as this one, which can only delay an alarm. */
  private static final double MOST = 100;

  /** Blocks that only show the range, before the first bet. */
  private static final int SETTLING = 256;

  /** Examples after which the range has halved, where nothing renews it. */
  private static final double HALF_LIFE = 65_536;

  /** What 64 examples may raise the range by. */
  private static final double GROWTH = 1.25;

  private final int block;
  private final double keeping;
  private final double growth;

  /** Logarithms of M at the last round's end. */
  private final double[] ended = new double[STAKES.length];

  /** Logarithms of this round's E so far. */
  private final double[] open = new double[STAKES.length];

  private int settled;
  private double range;
  private int count;
  private double values;
  private double allowed;

  /**
   * @param block examples whose mean is one observation
   */
  Detector(int block) {
    this.block = block;
    this.keeping = StrictMath.pow(2, -block / HALF_LIFE);
    this.growth = StrictMath.pow(GROWTH, block / 64.0);
    forget();
  }

  /** Forgets the evidence; the range stays. */
  void forget() {
    Arrays.fill(ended, Double.NEGATIVE_INFINITY);
    Arrays.fill(open, 0);
    count = 0;
    values = 0;
    allowed = 0;
  }

  /** Takes the next value of the series, and what its mean may be. */
  void add(double value, double allowed) {
    values += value;
    this.allowed += allowed;
    count++;
    if (count == block) {
      close(values / block, this.allowed / block);
      count = 0;
      values = 0;
      this.allowed = 0;
    }
  }

  private void close(double mean, double allowed) {
    double size = Math.abs(mean);
    if (settled < SETTLING || range == 0) {
      settled = Math.min(settled + 1, SETTLING);
      range = Math.max(range, size);
      return;
    }
    double x = Math.max(-1, Math.min(MOST, (mean - allowed) / range));
    for (int s = 0; s < STAKES.length; s++) {
      open[s] += StrictMath.log1p(STAKES[s] * x);
    }
    range = Math.max(range * keeping, Math.min(size, range * growth));
  }

  void endRound() {
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
    }
    out.writeInt(settled);
    out.writeDouble(range);
    out.writeInt(count);
    out.writeDouble(values);
    out.writeDouble(allowed);
  }

  /** Reads what {@link #save} wrote. */
  void load(DataInput in) throws IOException {
    for (int s = 0; s < STAKES.length; s++) {
      ended[s] = in.readDouble();
      open[s] = in.readDouble();
    }
    settled = in.readInt();
    range = in.readDouble();
    count = in.readInt();
    values = in.readDouble();
    allowed = in.readDouble();
  }
}
