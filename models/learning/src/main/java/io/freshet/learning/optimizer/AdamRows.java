package io.freshet.learning.optimizer;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) with each row's own number of steps in its bias correction,
 * so that a row that is seldom touched is not taken for an old one. Slots: steps, first moments,
 * second moments.
 */
final class AdamRows implements RowOptimizer {

  private final float rate;

  AdamRows(double rate) {
    this.rate = (float) rate;
  }

  @Override
  public int slots(int width) {
    return 1 + 2 * width;
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
    // A float counts exactly to 2^24; long before that the correction is 1.
    float steps = Math.min(slots[slotOffset] + 1, 1 << 24);
    slots[slotOffset] = steps;
    Adam.update(
        values,
        valueOffset,
        slots,
        slotOffset + 1,
        slotOffset + 1 + width,
        width,
        gradient,
        gradientOffset,
        Adam.correctedRate(rate, (long) steps),
        Adam.correctedEpsilon((long) steps));
  }
}
