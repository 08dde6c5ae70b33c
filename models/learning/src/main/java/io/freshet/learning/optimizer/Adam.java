package io.freshet.learning.optimizer;

/** Adam's arithmetic (arXiv 1412.6980), with both bias corrections folded into rate and epsilon. */
final class Adam {

  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;

  private Adam() {}

  static float correctedRate(double rate, long steps) {
    return (float)
        (rate
            * StrictMath.sqrt(1 - StrictMath.pow(BETA2, steps))
            / (1 - StrictMath.pow(BETA1, steps)));
  }

  static float correctedEpsilon(long steps) {
    return (float) (EPSILON * StrictMath.sqrt(1 - StrictMath.pow(BETA2, steps)));
  }

  static void update(
      float[] values,
      int valueOffset,
      float[] slots,
      int firstOffset,
      int secondOffset,
      int count,
      float[] gradient,
      int gradientOffset,
      float rate,
      float epsilon) {
    for (int i = 0; i < count; i++) {
      float g = gradient[gradientOffset + i];
      float m = BETA1 * slots[firstOffset + i] + (1 - BETA1) * g;
      float v = BETA2 * slots[secondOffset + i] + (1 - BETA2) * g * g;
      slots[firstOffset + i] = m;
      slots[secondOffset + i] = v;
      values[valueOffset + i] -= rate * m / ((float) Math.sqrt(v) + epsilon);
    }
  }

  /**
   * The same on one row of a tensor, with a rate and an epsilon of each column.
   *
   * @param slots first moments, then {@code size} floats further second moments
   * @param from where the row begins
   */
  static void update(
      float[] values,
      float[] slots,
      int size,
      int from,
      int columns,
      float[] gradient,
      float[] rates,
      float[] epsilons) {
    for (int c = 0; c < columns; c++) {
      int i = from + c;
      float g = gradient[i];
      float m = BETA1 * slots[i] + (1 - BETA1) * g;
      float v = BETA2 * slots[size + i] + (1 - BETA2) * g * g;
      slots[i] = m;
      slots[size + i] = v;
      values[i] -= rates[c] * m / ((float) Math.sqrt(v) + epsilons[c]);
    }
  }
}
