package io.freshet.learning.optimizer;

/** Adagrad per element that forgets: G := f·G + g², w := w − rate·g / (√G + ε). Slots: G. */
final class AdagradDense implements DenseOptimizer {

  private static final float EPSILON = 1e-10f;

  private final float rate;
  private final Forgetting forgetting;

  AdagradDense(double rate, Forgetting forgetting) {
    this.rate = (float) rate;
    this.forgetting = forgetting;
  }

  @Override
  public int slots(int size, int columns) {
    return size;
  }

  @Override
  public void update(float[] values, float[] slots, float[] gradient, long elapsedMs) {
    float factor = forgetting.factor(elapsedMs);
    for (int i = 0; i < values.length; i++) {
      float g = gradient[i];
      float sum = factor * slots[i] + g * g;
      slots[i] = sum;
      values[i] -= rate * g / ((float) Math.sqrt(sum) + EPSILON);
    }
  }
}
