package io.freshet.learning.reference;

import io.freshet.scoring.settings.InvalidSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of FTRL-proximal, named as in McMahan et al., "Ad Click Prediction: a View from the
 * Trenches", KDD 2013.
 *
 * @param alpha the step size of a coordinate is alpha / (beta + sqrt(sum of its squared gradients))
 * @param l1 strength of the L1 penalty: a coordinate stays 0 until its |z| exceeds it
 * @param l2 strength of the L2 penalty
 * @param halfLifeUpdates of a coordinate's sum of squared gradients, in its own updates; 0 = never
 *     forgets, as in the paper
 * @param bits the weights are 2 to this power
 */
public record FtrlSettings(
    double alpha, double beta, double l1, double l2, double halfLifeUpdates, int bits) {

  private static final int MIN_BITS = 4;
  private static final int MAX_BITS = 28;

  public FtrlSettings {
    List<String> problems = new ArrayList<>();
    check(problems, "alpha", alpha, alpha > 0);
    check(problems, "beta", beta, beta >= 0);
    check(problems, "l1", l1, l1 >= 0);
    check(problems, "l2", l2, l2 >= 0);
    check(problems, "halfLifeUpdates", halfLifeUpdates, halfLifeUpdates >= 0);
    if (beta == 0 && l2 == 0) {
      problems.add("ftrl needs beta > 0 or l2 > 0, got both 0: an untouched weight would be 0 / 0");
    }
    if (bits < MIN_BITS || bits > MAX_BITS) {
      problems.add("ftrl.bits must be from %d to %d, got %d".formatted(MIN_BITS, MAX_BITS, bits));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }

  private static void check(List<String> problems, String name, double value, boolean holds) {
    if (!holds || value == Double.POSITIVE_INFINITY) {
      String bound = name.equals("alpha") ? "> 0" : ">= 0";
      problems.add("ftrl.%s must be %s and finite, got %s".formatted(name, bound, value));
    }
  }

  /** Best of a small grid over one pass of two real streams, with and without counters. */
  public static FtrlSettings defaults() {
    return new FtrlSettings(0.15, 0.3, 0, 1, 0, 20);
  }
}
