package io.freshet.learning.optimizer;

import io.freshet.learning.table.EventTime;

/**
 * Row-wise Adagrad that forgets: G := f·G + mean_j g_j², w_j := w_j − rate·g_j / (√G + ε), with the
 * factor f of its {@link Forgetting}. Slots: G, and the time of the last update where forgetting
 * goes by event time.
 */
final class AdagradRows implements RowOptimizer {

  private static final float EPSILON = 1e-10f;

  private final float rate;
  private final Forgetting forgetting;

  AdagradRows(double rate, Forgetting forgetting) {
    this.rate = (float) rate;
    this.forgetting = forgetting;
  }

  @Override
  public int slots(int width) {
    return forgetting.byTime() ? 1 + EventTime.FLOATS : 1;
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
    float squares = 0;
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      squares += g * g;
    }
    float sum = slots[slotOffset];
    if (sum > 0) {
      sum *= forgetting.factor(elapsed(slots, slotOffset, eventTime));
    }
    sum += squares / width;
    slots[slotOffset] = sum;
    if (forgetting.byTime()) {
      EventTime.advance(slots, slotOffset + 1, eventTime);
    }
    float step = rate / ((float) Math.sqrt(sum) + EPSILON);
    for (int i = 0; i < width; i++) {
      values[valueOffset + i] -= step * gradient[gradientOffset + i];
    }
  }

  private long elapsed(float[] slots, int slotOffset, long eventTime) {
    return forgetting.byTime() ? eventTime - EventTime.read(slots, slotOffset + 1) : 0;
  }
}
