package io.freshet.learning.optimizer;

/** Plain gradient descent on a dense tensor; remembers nothing. */
final class SgdDense implements DenseOptimizer {

  private final float rate;

  SgdDense(double rate) {
    this.rate = (float) rate;
  }

  @Override
  public int slots(int size, int columns) {
    return 0;
  }

  @Override
  public void update(float[] values, float[] slots, float[] gradient, long elapsedMs) {
    for (int i = 0; i < values.length; i++) {
      values[i] -= rate * gradient[i];
    }
  }
}
