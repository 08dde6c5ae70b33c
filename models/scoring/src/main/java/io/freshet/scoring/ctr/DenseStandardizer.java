package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.kernel.FloatMath;

/**
 * Turns numbers, counters and history lengths into dense inputs: z = (x − mean) / sqrt(var + 1e-6),
 * cut to ±5; a missing number becomes z = 0 and sets its indicator to 1. The statistics are those
 * of the serving state, for the scorer and for the learner.
 */
public final class DenseStandardizer {

  private static final float VARIANCE_FLOOR = 1e-6f;
  private static final float LIMIT = 5f;

  private final CtrShape shape;
  private final boolean[] indicators;

  public DenseStandardizer(CtrShape shape) {
    this.shape = shape;
    this.indicators = new boolean[shape.denseSize()];
    for (int i = 0; i < shape.layout().numbers().size(); i++) {
      indicators[shape.numberOffset(i) + 1] = true;
    }
  }

  /** Whether entry {@code i} of dense is a missing indicator, which stays 0 or 1. */
  public boolean indicator(int i) {
    return indicators[i];
  }

  /**
   * Writes an example's dense values before standardisation; NaN for a missing number.
   *
   * @param counters the example's counter features, [{@link CtrShape#counterSize}]
   */
  public void raw(EncodedExample example, float[] counters, float[] out, int offset) {
    float[] numbers = example.numbers();
    for (int i = 0; i < numbers.length; i++) {
      int at = offset + shape.numberOffset(i);
      out[at] = numbers[i];
      out[at + 1] = Float.isNaN(numbers[i]) ? 1f : 0f;
    }
    int counterStart = offset + 2 * numbers.length;
    System.arraycopy(counters, 0, out, counterStart, shape.counterSize());
    for (int h = 0; h < example.histories().length; h++) {
      out[offset + shape.lengthOffset(h)] = FloatMath.ln(1f + example.historyLength(h));
    }
  }

  /**
   * Standardises raw dense values in place.
   *
   * @param mean {@link CtrShape#DENSE_MEAN}
   * @param variance {@link CtrShape#DENSE_VARIANCE}
   */
  public void standardize(float[] dense, int offset, float[] mean, float[] variance) {
    for (int i = 0; i < indicators.length; i++) {
      if (!indicators[i]) {
        float z = (dense[offset + i] - mean[i]) / (float) Math.sqrt(variance[i] + VARIANCE_FLOOR);
        dense[offset + i] = Float.isNaN(dense[offset + i]) ? 0f : cut(z);
      }
    }
  }

  /** NaN stays NaN: damaged statistics must not look like a plausible input. */
  private static float cut(float z) {
    return Math.max(-LIMIT, Math.min(LIMIT, z));
  }
}
