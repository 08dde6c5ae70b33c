package io.freshet.learning.metric;

/**
 * The log loss −(y·ln p + (1−y)·ln(1−p)), in nats. Probabilities are first brought to [{@value
 * #SMALLEST}, 1 − {@value #SMALLEST}]: a float's sigmoid reaches 0 and 1, and one row must not make
 * a mean infinite.
 */
public final class LogLoss {

  public static final double SMALLEST = 1e-7;

  private LogLoss() {}

  /** The loss of one prediction; {@code label} may lie between 0 and 1. */
  public static double of(double probability, double label) {
    double p = bounded(probability);
    return -(label * StrictMath.log(p) + (1 - label) * StrictMath.log1p(-p));
  }

  /** The losses of {@code predictions} against {@code labels}, row by row. */
  public static double[] of(float[] predictions, float[] labels) {
    if (predictions.length != labels.length) {
      throw new IllegalArgumentException(
          "there must be a label for each prediction, got %d predictions and %d labels"
              .formatted(predictions.length, labels.length));
    }
    double[] losses = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      losses[i] = of(predictions[i], labels[i]);
    }
    return losses;
  }

  /** The entropy of a rate: the log loss of always predicting it. */
  public static double entropy(double rate) {
    return of(rate, rate);
  }

  /** The log-odds of a probability, bounded as the loss is. */
  static double logit(double probability) {
    double p = bounded(probability);
    return StrictMath.log(p) - StrictMath.log1p(-p);
  }

  private static double bounded(double probability) {
    if (Double.isNaN(probability)) {
      throw new IllegalArgumentException("a probability must be a number, got NaN");
    }
    return Math.max(SMALLEST, Math.min(1 - SMALLEST, probability));
  }
}
