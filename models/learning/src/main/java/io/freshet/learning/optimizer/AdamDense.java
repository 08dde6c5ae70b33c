package io.freshet.learning.optimizer;

/** Adam (arXiv 1412.6980) on a dense tensor. Slots: first moments, second moments. */
final class AdamDense implements DenseOptimizer {

  private final double rate;

  AdamDense(double rate) {
    this.rate = rate;
  }

  @Override
  public int slots(int size) {
    return 2 * size;
  }

  @Override
  public void update(float[] values, float[] slots, float[] gradient, long step, long elapsedMs) {
    Adam.update(
        values,
        0,
        slots,
        0,
        values.length,
        values.length,
        gradient,
        0,
        Adam.correctedRate(rate, step),
        Adam.correctedEpsilon(step));
  }
}
