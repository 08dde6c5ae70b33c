package io.freshet.learning.metric;

import org.jspecify.annotations.Nullable;

/** How much of what could be gained a model gains. */
public final class Shares {

  private Shares() {}

  /**
   * The share of the log loss between the prior and the oracle that a model recovers: 0 at the
   * prior, 1 at the oracle, negative below the prior; null where the oracle is no better than the
   * prior.
   */
  public static @Nullable Double recovered(
      double modelLogLoss, double priorLogLoss, double oracleLogLoss) {
    double gap = priorLogLoss - oracleLogLoss;
    return gap > 0 ? (priorLogLoss - modelLogLoss) / gap : null;
  }

  /**
   * The share of a reference AUC's distance from 1/2 that a model has; null where the reference has
   * none.
   */
  public static @Nullable Double aboveChance(double auc, double referenceAuc) {
    double gap = referenceAuc - 0.5;
    return gap > 0 ? (auc - 0.5) / gap : null;
  }
}
