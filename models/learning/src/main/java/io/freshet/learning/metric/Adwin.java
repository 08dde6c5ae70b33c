package io.freshet.learning.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A window over a series that shrinks when the series' mean has changed: ADWIN (Bifet and Gavaldà,
 * "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007), in its form with an
 * exponential histogram, whose memory grows with the logarithm of the window.
 *
 * <p>The oldest bucket goes for as long as some split of the window at a bucket's edge has |mean of
 * the old part − mean of the new part| &gt; ε, where, with n values in the window, σ² their
 * variance, 1/m = 1/n₀ + 1/n₁ and δ′ = δ / ln n,
 *
 * <p>ε = √(2/m · σ² · ln(2/δ′)) + 2/(3m) · range · ln(2/δ′).
 */
public final class Adwin {

  private static final int FORMAT = 1;

  /** Buckets of one size; one more and the two oldest of them become one. */
  private static final int PER_SIZE = 5;

  /** The fewest values on either side of a split. */
  private static final int FEWEST = 5;

  /** What a value told about the mean. */
  public enum Change {
    NONE,
    UP,
    DOWN
  }

  /**
   * @param count a power of two
   * @param squares sum of squared distances from the mean
   */
  private record Bucket(long count, double mean, double squares) {

    static final Bucket NOTHING = new Bucket(0, 0, 0);

    static Bucket of(double value) {
      return new Bucket(1, value, 0);
    }

    /** Both together (Chan, Golub, LeVeque 1979). */
    Bucket with(Bucket other) {
      long n = count + other.count;
      double apart = other.mean - mean;
      return new Bucket(
          n,
          mean + apart * other.count / n,
          squares + other.squares + apart * apart * ((double) count * other.count / n));
    }
  }

  private final double delta;
  private final double range;

  /** Oldest first; sizes never grow towards the newer ones. */
  private final List<Bucket> buckets = new ArrayList<>();

  private long values;

  /**
   * @param delta bound on the probability that a check finds a change where there is none, above 0
   *     and below 1
   * @param range the largest distance between two values; larger ones are taken, and make false
   *     alarms a little likelier
   */
  public Adwin(double delta, double range) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta must be above 0 and below 1, got " + delta);
    }
    if (!(range > 0 && range < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("range must be above 0 and finite, got " + range);
    }
    this.delta = delta;
    this.range = range;
  }

  /**
   * Takes the next value of the series, which must be finite.
   *
   * @return the direction in which the mean changed, where this value made the window shrink
   */
  public Change add(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a value must be finite, got " + value);
    }
    values++;
    buckets.add(Bucket.of(value));
    compress();
    Change change = Change.NONE;
    for (Change cut = cut(); cut != Change.NONE; cut = cut()) {
      change = cut;
      buckets.remove(0);
    }
    return change;
  }

  /** Values in the window. */
  public long width() {
    return whole().count();
  }

  /** Of the window; 0 without values. */
  public double mean() {
    return whole().mean();
  }

  /** Of the window's values around their mean; 0 without values. */
  public double variance() {
    Bucket whole = whole();
    return whole.count() == 0 ? 0 : whole.squares() / whole.count();
  }

  /** Values since the start. */
  public long values() {
    return values;
  }

  private Bucket whole() {
    Bucket whole = Bucket.NOTHING;
    for (Bucket bucket : buckets) {
      whole = whole.with(bucket);
    }
    return whole;
  }

  private void compress() {
    int end = buckets.size();
    while (end > 0) {
      long count = buckets.get(end - 1).count();
      int begin = end;
      while (begin > 0 && buckets.get(begin - 1).count() == count) {
        begin--;
      }
      if (end - begin <= PER_SIZE) {
        return;
      }
      buckets.set(begin, buckets.get(begin).with(buckets.remove(begin + 1)));
      end = begin + 1;
    }
  }

  private Change cut() {
    Bucket whole = whole();
    double n = whole.count();
    if (n < 2 * FEWEST) {
      return Change.NONE;
    }
    double log = StrictMath.log(2 * StrictMath.log(n) / delta);
    double variance = whole.squares() / n;
    Bucket old = Bucket.NOTHING;
    for (Bucket bucket : buckets) {
      old = old.with(bucket);
      double newer = n - old.count();
      if (newer < FEWEST) {
        return Change.NONE;
      }
      if (old.count() >= FEWEST) {
        double meanOfNewer = (whole.mean() * n - old.mean() * old.count()) / newer;
        double inverse = 1.0 / old.count() + 1 / newer;
        double epsilon = Math.sqrt(2 * inverse * variance * log) + 2.0 / 3 * inverse * range * log;
        double up = meanOfNewer - old.mean();
        if (Math.abs(up) > epsilon) {
          return up > 0 ? Change.UP : Change.DOWN;
        }
      }
    }
    return Change.NONE;
  }

  /** Writes everything that {@link #resume} needs, canonically: equal states write equal bytes. */
  public void save(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeDouble(delta);
    out.writeDouble(range);
    out.writeLong(values);
    out.writeInt(buckets.size());
    for (Bucket bucket : buckets) {
      out.writeLong(bucket.count());
      out.writeDouble(bucket.mean());
      out.writeDouble(bucket.squares());
    }
  }

  /** One that goes on bit for bit where the saved one was. */
  public static Adwin resume(DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "a saved window must be of format %d, found %d".formatted(FORMAT, format));
    }
    Adwin adwin = new Adwin(in.readDouble(), in.readDouble());
    adwin.values = in.readLong();
    int buckets = in.readInt();
    for (int i = 0; i < buckets; i++) {
      adwin.buckets.add(new Bucket(in.readLong(), in.readDouble(), in.readDouble()));
    }
    return adwin;
  }
}
