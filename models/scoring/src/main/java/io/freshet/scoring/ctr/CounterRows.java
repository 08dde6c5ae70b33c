package io.freshet.scoring.ctr;

import io.freshet.scoring.kernel.FloatMath;
import java.util.List;

/**
 * The arithmetic of one counter table: how often an id was shown and had the outcome, over several
 * half-lives of event time and without end. A row of all zeros is an id never seen.
 *
 * <pre>
 * row:    per half-life (positives, total), decayed to the last update | (positives, total) without end
 *         | first seen (hours since 1970, ms within the hour) | last update (hours, ms)
 * values: per half-life and without end ln((pos + m·p0) / (total − pos + m·(1 − p0))), m = 5
 *         | ln(1 + total) | ln(1 + age in hours) | ln(1 + gap in hours)
 * </pre>
 *
 * p0 is the rate over all examples. Every float is exact or the result of fixed arithmetic, so that
 * every machine computes the same bits.
 */
public final class CounterRows {

  private static final float PRIOR_EXAMPLES = 5f;
  private static final long MS_PER_HOUR = 3_600_000L;

  /** The last count that a float tells from the next. */
  private static final float COUNT_LIMIT = 0x1p24f;

  private static final long LAST_HOUR = (1L << 24) - 1;
  private static final float BASE_LIMIT = 100_000f;

  private final double[] ratesPerMs;
  private final int endless;
  private final int first;
  private final int last;

  public CounterRows(List<Long> halfLivesMs) {
    this.ratesPerMs = halfLivesMs.stream().mapToDouble(ms -> StrictMath.log(2) / ms).toArray();
    this.endless = 2 * ratesPerMs.length;
    this.first = endless + 2;
    this.last = endless + 4;
  }

  /** Floats of a row. */
  public static int width(int halfLives) {
    return 2 * halfLives + 6;
  }

  /** Floats that the network sees of a row. */
  public static int values(int halfLives) {
    return halfLives + 4;
  }

  public int width() {
    return width(ratesPerMs.length);
  }

  public int values() {
    return values(ratesPerMs.length);
  }

  /**
   * Writes a row's values as they are at event time {@code time}; earlier than the last update
   * counts as then.
   *
   * @param base {@link CtrShape#COUNTERS_BASE}: (positives, total)
   */
  public void read(float[] row, int offset, long time, float[] base, float[] out, int outOffset) {
    boolean seen = seen(row, offset);
    long gap = seen ? Math.max(0, time - time(row, offset + last)) : 0;
    long age = seen ? Math.max(0, time - time(row, offset + first)) : 0;
    float rate = base[0] / base[1];
    for (int h = 0; h <= ratesPerMs.length; h++) {
      float kept = h < ratesPerMs.length ? decay(ratesPerMs[h], gap) : 1f;
      float positives = row[offset + 2 * h] * kept;
      float total = row[offset + 2 * h + 1] * kept;
      out[outOffset + h] = logOdds(positives, total, rate);
    }
    int at = outOffset + ratesPerMs.length + 1;
    out[at] = FloatMath.ln(1f + row[offset + endless + 1]);
    out[at + 1] = FloatMath.ln(1f + hours(age));
    out[at + 2] = FloatMath.ln(1f + hours(gap));
  }

  /**
   * Counts one ready example into a row.
   *
   * @param label 1 or 0
   * @param time event time; before the last update it counts as that
   */
  public void update(float[] row, int offset, float label, long time) {
    boolean seen = seen(row, offset);
    long gap = seen ? Math.max(0, time - time(row, offset + last)) : 0;
    for (int h = 0; h < ratesPerMs.length; h++) {
      float kept = decay(ratesPerMs[h], gap);
      int at = offset + 2 * h;
      row[at] = row[at] * kept + label;
      row[at + 1] = row[at + 1] * kept + 1f;
    }
    count(row, offset + endless, label, COUNT_LIMIT);
    if (!seen) {
      setTime(row, offset + first, time);
    }
    if (!seen || gap > 0) {
      setTime(row, offset + last, time);
    }
  }

  /** Counts one ready example into {@link CtrShape#COUNTERS_BASE}. */
  public static void updateBase(float[] base, float label) {
    count(base, 0, label, BASE_LIMIT);
  }

  /** Whether any example was counted into the row. */
  public boolean seen(float[] row, int offset) {
    return row[offset + endless + 1] > 0f;
  }

  /** Event time of a seen row's last update; milliseconds since 1970 UTC. */
  public long lastUpdate(float[] row, int offset) {
    return time(row, offset + last);
  }

  private static void count(float[] sums, int at, float label, float limit) {
    sums[at] += label;
    sums[at + 1] += 1f;
    if (sums[at + 1] >= limit) {
      sums[at] *= 0.5f;
      sums[at + 1] *= 0.5f;
    }
  }

  private static float logOdds(float positives, float total, float rate) {
    float hits = positives + PRIOR_EXAMPLES * rate;
    float misses = total - positives + PRIOR_EXAMPLES * (1f - rate);
    return FloatMath.ln(hits / misses);
  }

  private static float decay(double ratePerMs, long ms) {
    return ms == 0 ? 1f : FloatMath.exp((float) (-ratePerMs * ms));
  }

  private static float hours(long ms) {
    return (float) ((double) ms / MS_PER_HOUR);
  }

  private static long time(float[] row, int at) {
    return (long) row[at] * MS_PER_HOUR + (long) row[at + 1];
  }

  /** Two floats hold a time exactly; times beyond what they can hold are cut to it. */
  private static void setTime(float[] row, int at, long time) {
    long hour = Math.floorDiv(time, MS_PER_HOUR);
    boolean fits = Math.abs(hour) <= LAST_HOUR;
    row[at] = fits ? hour : Math.signum((float) hour) * LAST_HOUR;
    row[at + 1] = fits ? Math.floorMod(time, MS_PER_HOUR) : 0;
  }
}
