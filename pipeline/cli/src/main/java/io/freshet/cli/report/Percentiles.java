package io.freshet.cli.report;

import org.jspecify.annotations.Nullable;

/**
 * Counts durations in buckets that are 1/64 of their value wide, so that a percentile is off by
 * less than 1.6 percent. Bounded; safe for many threads.
 */
public final class Percentiles {

  private static final int SUB_BITS = 6;
  private static final int SUBS = 1 << SUB_BITS;

  private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUBS];
  private long total;

  /** Adds a duration of any unit; a negative one counts as 0. */
  public synchronized void add(long value) {
    counts[bucket(Math.max(0, value))]++;
    total++;
  }

  public synchronized long count() {
    return total;
  }

  /**
   * The smallest bucket's middle that at least this share of the values does not exceed; null
   * without values.
   *
   * @param share above 0, at most 1
   */
  public synchronized @Nullable Double at(double share) {
    if (total == 0) {
      return null;
    }
    long wanted = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= wanted) {
        return middle(bucket);
      }
    }
    throw new IllegalStateException("buckets must hold all values");
  }

  private static int bucket(long value) {
    if (value < SUBS) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SUB_BITS;
    return (shift + 1) * SUBS + (int) ((value >>> shift) - SUBS);
  }

  private static double middle(int bucket) {
    if (bucket < SUBS) {
      return bucket;
    }
    int shift = bucket / SUBS - 1;
    long low = (long) (bucket % SUBS + SUBS) << shift;
    return low + ((1L << shift) - 1) / 2.0;
  }
}
