package io.freshet.learning.optimizer;

/** Plain gradient descent on rows; remembers nothing. */
final class SgdRows implements RowOptimizer {

  private final float rate;

  SgdRows(double rate) {
    this.rate = (float) rate;
  }

  @Override
  public int slots(int width) {
    return 0;
  }

  @Override
  public void update(
      float[] values,
      int valueOffset,
      float[] slots,
      int slotOffset,
      int width,
      float[] gradient,
      int gradientOffset,
      long eventTime) {
    for (int i = 0; i < width; i++) {
      values[valueOffset + i] -= rate * gradient[gradientOffset + i];
    }
  }
}
