package io.freshet.learning.colbert;

import io.freshet.scoring.settings.RankingSettings.Loss;

/**
 * Losses over the documents that one query showed (survey of Guo et al., arXiv 1903.06902), r their
 * scores, c a clicked and n an unclicked one, ω the weight of a click:
 *
 * <pre>
 * logistic  mean over pairs (c, n) of ω_c·ln(1 + e^(r_n − r_c))
 * hinge     mean over pairs (c, n) of ω_c·max(0, 1 − r_c + r_n)
 * softmax   mean over c of ω_c·(ln Σ e^r − r_c)            ListNet's top one
 * </pre>
 *
 * A list without a click, or without anything else, teaches nothing.
 */
final class ListLoss {

  private ListLoss() {}

  /**
   * The loss of a list.
   *
   * @param scores [documents]
   * @param weights [documents] of clicked ones; 0 = not clicked
   * @param gradient [documents] is added to, times {@code factor}
   */
  static double add(Loss loss, float[] scores, float[] weights, double[] gradient, double factor) {
    int clicked = 0;
    for (float weight : weights) {
      clicked += weight > 0 ? 1 : 0;
    }
    int others = weights.length - clicked;
    if (clicked == 0 || clicked + others < 2 || loss == Loss.POINTWISE) {
      return 0;
    }
    if (loss == Loss.SOFTMAX) {
      return softmax(scores, weights, gradient, factor / clicked);
    }
    if (others == 0) {
      return 0;
    }
    double share = factor / ((double) clicked * others);
    double sum = 0;
    for (int c = 0; c < scores.length; c++) {
      for (int n = 0; n < scores.length; n++) {
        if (weights[c] > 0 && !(weights[n] > 0)) {
          double ahead = (double) scores[c] - scores[n];
          double slope =
              loss == Loss.HINGE ? (ahead < 1 ? -1 : 0) : -1 / (1 + StrictMath.exp(ahead));
          double value =
              loss == Loss.HINGE
                  ? Math.max(0, 1 - ahead)
                  : Math.max(-ahead, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(ahead)));
          sum += share * weights[c] * value;
          gradient[c] += share * weights[c] * slope;
          gradient[n] -= share * weights[c] * slope;
        }
      }
    }
    return sum;
  }

  private static double softmax(float[] scores, float[] weights, double[] gradient, double factor) {
    double[] shares = new double[scores.length];
    double logSum = softmax(scores, shares);
    double total = 0;
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      total += weights[i];
      sum += factor * weights[i] * (logSum - scores[i]);
      gradient[i] -= factor * weights[i];
    }
    for (int i = 0; i < scores.length; i++) {
      gradient[i] += factor * total * shares[i];
    }
    return sum;
  }

  /**
   * Cross-entropy of a teacher's softmax against the student's (KL divergence but for a constant).
   */
  static double distil(float[] scores, float[] teacher, double[] gradient, double factor) {
    double[] student = new double[scores.length];
    double[] wanted = new double[scores.length];
    double logSum = softmax(scores, student);
    softmax(teacher, wanted);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      sum += factor * wanted[i] * (logSum - scores[i]);
      gradient[i] += factor * (student[i] - wanted[i]);
    }
    return sum;
  }

  /** Writes e^score over their sum; returns the logarithm of that sum. */
  private static double softmax(float[] scores, double[] shares) {
    double max = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      max = Math.max(max, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      shares[i] = StrictMath.exp(scores[i] - max);
      sum += shares[i];
    }
    for (int i = 0; i < scores.length; i++) {
      shares[i] /= sum;
    }
    return max + StrictMath.log(sum);
  }
}
