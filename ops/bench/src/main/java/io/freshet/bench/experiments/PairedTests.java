package io.freshet.bench.experiments;

import java.util.Arrays;

/** Tests of paired differences. */
final class PairedTests {

  private PairedTests() {}

  /**
   * The t of differences over cross-validation folds with the variance corrected for overlapping
   * training sets (Nadeau and Bengio 2003): mean / √((1/k + n_test/n_train) · s²).
   */
  static double correctedT(double[] differences) {
    int k = differences.length;
    double deviation = Page.deviation(differences);
    double mean = Page.mean(differences);
    return mean == 0 ? 0 : mean / (deviation * Math.sqrt(1.0 / k + 1.0 / (k - 1)));
  }

  /**
   * The two-sided p of Wilcoxon's signed-rank test, exact: the share of all sign patterns whose
   * rank sum is at least as extreme. Zero differences are left out, ties share their ranks.
   */
  static double signedRank(double[] differences) {
    double[] kept = Arrays.stream(differences).filter(d -> d != 0).toArray();
    int n = kept.length;
    int[] doubledRanks = new int[n];
    int positive = 0;
    int total = 0;
    for (int i = 0; i < n; i++) {
      int below = 0;
      int equal = 0;
      for (double other : kept) {
        below += Math.abs(other) < Math.abs(kept[i]) ? 1 : 0;
        equal += Math.abs(other) == Math.abs(kept[i]) ? 1 : 0;
      }
      doubledRanks[i] = 2 * below + equal + 1;
      total += doubledRanks[i];
      positive += kept[i] > 0 ? doubledRanks[i] : 0;
    }
    double[] ways = new double[total + 1];
    ways[0] = 1;
    for (int rank : doubledRanks) {
      for (int sum = total; sum >= rank; sum--) {
        ways[sum] += ways[sum - rank];
      }
    }
    int smaller = Math.min(positive, total - positive);
    double extreme = 0;
    for (int sum = 0; sum <= smaller; sum++) {
      extreme += ways[sum];
    }
    return Math.min(1, 2 * extreme / Math.pow(2, n));
  }
}
