package io.freshet.learning.metric;

/**
 * Whether a model predicts better than the truth, which only one can that sees what it must not.
 *
 * <p>Where labels follow the true probabilities, e^advantage is the likelihood ratio of the model
 * against the truth. Each row's factor has mean 1 given all that was known before, so that of all
 * rows has mean 1 too and exceeds 1/{@value #FALSE_ALARM} with a probability of at most {@value
 * #FALSE_ALARM} (Markov's inequality): exact, for any number of rows, however users' rows hang
 * together, and whatever the distribution of losses, whose tails a normal approximation would miss.
 *
 * @param advantage sum over the rows of the truth's log loss minus the model's, in nats
 * @param rows that were compared
 */
public record LeakCheck(double advantage, long rows) {

  /** The largest probability of a leak being found where there is none. */
  public static final double FALSE_ALARM = 1e-4;

  /**
   * Compares log losses of the same rows.
   *
   * @param model of predictions that were made before the label was known
   * @param truth of the true probabilities
   */
  public static LeakCheck of(double[] model, double[] truth) {
    if (model.length != truth.length) {
      throw new IllegalArgumentException(
          "losses must be of the same rows, got %d of the model and %d of the truth"
              .formatted(model.length, truth.length));
    }
    double advantage = 0;
    for (int i = 0; i < model.length; i++) {
      advantage += truth[i] - model[i];
    }
    return new LeakCheck(advantage, model.length);
  }

  /** Compares over the rows whose true probability is known, each counting once. */
  public static LeakCheck of(QualityRows rows) {
    double advantage = 0;
    long known = 0;
    for (int i = 0; i < rows.size(); i++) {
      double truth = rows.trueProbabilities()[i];
      if (!Double.isNaN(truth)) {
        float label = rows.labels()[i];
        advantage += LogLoss.of(truth, label) - LogLoss.of(rows.predictions()[i], label);
        known++;
      }
    }
    return new LeakCheck(advantage, known);
  }

  /** Whether the model beats the truth by more than chance; never without rows, nor for NaN. */
  public boolean leaks() {
    return advantage > -Math.log(FALSE_ALARM);
  }
}
