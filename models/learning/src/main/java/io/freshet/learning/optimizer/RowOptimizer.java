package io.freshet.learning.optimizer;

import io.freshet.scoring.settings.ModelSettings.Optimizer;

/**
 * Trains one row of a table. Everything that it remembers of the row is in the row's slots, which
 * start as zeros.
 */
public interface RowOptimizer {

  /** Floats of slots that a row of {@code width} floats needs. */
  int slots(int width);

  /**
   * Takes one step on one row.
   *
   * @param eventTime of the batch; milliseconds since 1970 UTC
   */
  void update(
      float[] values,
      int valueOffset,
      float[] slots,
      int slotOffset,
      int width,
      float[] gradient,
      int gradientOffset,
      long eventTime);

  /** The optimiser that {@code settings} declare. */
  static RowOptimizer of(Optimizer settings) {
    return switch (settings.kind()) {
      case ADAGRAD -> new AdagradRows(settings.rate(), Forgetting.of(settings));
      case ADAM -> new AdamRows(settings.rate());
      case SGD -> new SgdRows(settings.rate());
    };
  }
}
