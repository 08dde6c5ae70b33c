package io.freshet.learning.optimizer;

import io.freshet.scoring.settings.ModelSettings.Optimizer;

/**
 * Trains one dense tensor. Everything that it remembers is in the tensor's slots, which start as
 * zeros.
 */
public interface DenseOptimizer {

  /**
   * Floats of slots that a tensor needs; they lie in rows of the tensor's columns, so that a column
   * is new once its values and its slots are.
   *
   * @param size floats of the tensor
   * @param columns its last dimension
   */
  int slots(int size, int columns);

  /**
   * Takes one step on one tensor.
   *
   * @param elapsedMs event time since the step before
   */
  void update(float[] values, float[] slots, float[] gradient, long elapsedMs);

  /** The optimiser that {@code settings} declare. */
  static DenseOptimizer of(Optimizer settings) {
    return switch (settings.kind()) {
      case ADAGRAD -> new AdagradDense(settings.rate(), Forgetting.of(settings));
      case ADAM -> new AdamDense(settings.rate());
      case SGD -> new SgdDense(settings.rate());
    };
  }
}
