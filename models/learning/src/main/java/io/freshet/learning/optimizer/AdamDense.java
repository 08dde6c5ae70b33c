package io.freshet.learning.optimizer;

/**
 * Adam (arXiv 1412.6980) on a dense tensor, with each column's own number of steps in its bias
 * correction, so that a column that starts again is not taken for an old one. Slots, all with the
 * tensor's columns: first moments, second moments, one row of steps.
 */
final class AdamDense implements DenseOptimizer {

  private final double rate;
  private float[] rates = new float[0];
  private float[] epsilons = new float[0];

  AdamDense(double rate) {
    this.rate = rate;
  }

  @Override
  public int slots(int size, int columns) {
    return 2 * size + columns;
  }

  @Override
  public void update(float[] values, float[] slots, float[] gradient, long elapsedMs) {
    int size = values.length;
    int columns = slots.length - 2 * size;
    count(slots, 2 * size, columns);
    for (int row = 0; row < size; row += columns) {
      Adam.update(values, slots, size, row, columns, gradient, rates, epsilons);
    }
  }

  /** Counts a step of every column; writes their corrected rates. */
  private void count(float[] slots, int from, int columns) {
    if (rates.length < columns) {
      rates = new float[columns];
      epsilons = new float[columns];
    }
    for (int c = 0; c < columns; c++) {
      // A float counts exactly to 2^24; long before that the correction is 1.
      float steps = Math.min(slots[from + c] + 1, 1 << 24);
      slots[from + c] = steps;
      boolean asBefore = c > 0 && steps == slots[from + c - 1];
      rates[c] = asBefore ? rates[c - 1] : Adam.correctedRate(rate, (long) steps);
      epsilons[c] = asBefore ? epsilons[c - 1] : Adam.correctedEpsilon((long) steps);
    }
  }
}
