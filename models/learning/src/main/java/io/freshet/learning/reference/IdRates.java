package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Running rates by id, undecayed; bounded as {@link IdRows} are, 32 bytes a row. */
final class IdRates {

  private static final int POSITIVES = 0;
  private static final int TOTAL = 1;
  private static final int WIDTH = 2;

  private final IdRows rows;

  IdRates(int maxIds) {
    this(new IdRows(maxIds, WIDTH));
  }

  private IdRates(IdRows rows) {
    this.rows = rows;
  }

  /**
   * The rate of {@code id}, drawn towards {@code rate} by {@code pseudo} examples; {@code rate} for
   * an unknown id.
   */
  double smoothed(long id, double pseudo, double rate) {
    int row = rows.find(id);
    return row == IdRows.NONE
        ? rate
        : Rate.smoothed(rows.get(row, POSITIVES), rows.get(row, TOTAL), pseudo, rate);
  }

  void add(long id, float label, float weight, long time) {
    int row = rows.touch(id, time);
    rows.add(row, POSITIVES, (double) weight * label);
    rows.add(row, TOTAL, weight);
  }

  void save(DataOutput out) throws IOException {
    rows.save(out);
  }

  static IdRates resume(int maxIds, DataInput in) throws IOException {
    return new IdRates(IdRows.resume(maxIds, WIDTH, in));
  }
}
