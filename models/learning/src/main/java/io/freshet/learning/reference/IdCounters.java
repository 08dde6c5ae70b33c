package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * What is known of an id from the labels that are ready: rates decayed in event time, counts, age
 * and gap, as the values of a {@code counters} feature. For each half-life ln((p + m·r) / (t − p +
 * m·(1−r))), p positives and t examples decayed to the time of the question, r the base rate and m
 * = {@value #PSEUDO}; the same undecayed; ln(1+t) undecayed; ln(1+hours) since the first and since
 * the last label. Time never runs backwards. Bounded as {@link IdRows} are.
 */
final class IdCounters {

  private static final double PSEUDO = 5;
  private static final double MS_PER_HOUR = 3_600_000;

  private final List<Long> halfLivesMs;
  private final IdRows rows;

  IdCounters(List<Long> halfLivesMs, int maxIds) {
    this(halfLivesMs, new IdRows(maxIds, width(halfLivesMs)));
  }

  private IdCounters(List<Long> halfLivesMs, IdRows rows) {
    this.halfLivesMs = halfLivesMs;
    this.rows = rows;
  }

  static IdCounters resume(List<Long> halfLivesMs, int maxIds, DataInput in) throws IOException {
    return new IdCounters(halfLivesMs, IdRows.resume(maxIds, width(halfLivesMs), in));
  }

  /** Columns: (positives, total) of each half-life, (positives, total) undecayed, first time. */
  private static int width(List<Long> halfLivesMs) {
    return 2 * halfLivesMs.size() + 3;
  }

  /** The number of values of a feature with so many half-lives. */
  static int values(int halfLives) {
    return halfLives + 4;
  }

  /**
   * Writes the values of {@code id} at {@code time} to {@code out} from {@code at}, each as the
   * bits of a float.
   */
  void read(long id, long time, double baseRate, long[] out, int at) {
    int row = rows.find(id);
    int decayed = halfLivesMs.size();
    double gap = row == IdRows.NONE ? 0 : Math.max(0, time - rows.lastTime(row));
    for (int h = 0; h <= decayed; h++) {
      double kept = h == decayed ? 1 : kept(gap, halfLivesMs.get(h));
      double positives = row == IdRows.NONE ? 0 : kept * rows.get(row, 2 * h);
      double total = row == IdRows.NONE ? 0 : kept * rows.get(row, 2 * h + 1);
      out[at + h] =
          bits(
              StrictMath.log(
                  (positives + PSEUDO * baseRate) / (total - positives + PSEUDO * (1 - baseRate))));
    }
    double total = row == IdRows.NONE ? 0 : rows.get(row, 2 * decayed + 1);
    double age = row == IdRows.NONE ? 0 : Math.max(0, time - rows.get(row, 2 * decayed + 2));
    out[at + decayed + 1] = bits(StrictMath.log1p(total));
    out[at + decayed + 2] = bits(StrictMath.log1p(age / MS_PER_HOUR));
    out[at + decayed + 3] = bits(StrictMath.log1p(gap / MS_PER_HOUR));
  }

  private static double kept(double gapMs, long halfLifeMs) {
    return StrictMath.pow(0.5, gapMs / halfLifeMs);
  }

  private static long bits(double value) {
    return Integer.toUnsignedLong(Float.floatToIntBits((float) value));
  }

  void learn(long id, float label, float weight, long time) {
    int known = rows.find(id);
    double gap = known == IdRows.NONE ? 0 : Math.max(0, time - rows.lastTime(known));
    int row = rows.touch(id, known == IdRows.NONE ? time : Math.max(time, rows.lastTime(known)));
    int decayed = halfLivesMs.size();
    if (known == IdRows.NONE) {
      rows.set(row, 2 * decayed + 2, time);
    }
    for (int h = 0; h <= decayed; h++) {
      double kept = h == decayed ? 1 : kept(gap, halfLivesMs.get(h));
      rows.set(row, 2 * h, kept * rows.get(row, 2 * h) + (double) weight * label);
      rows.set(row, 2 * h + 1, kept * rows.get(row, 2 * h + 1) + weight);
    }
  }

  void save(DataOutput out) throws IOException {
    rows.save(out);
  }
}
