package io.freshet.learning.metric;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean difference of two models' losses on the same rows, a − b, with a 95 % interval by
 * bootstrap over users (whole users are drawn, because the rows of one depend on each other; each
 * row without a user is a user of its own).
 *
 * @param mean over all rows, each counting once; below 0 the first model is the better
 * @param low 2.5 % percentile of the replicates' means
 * @param high 97.5 % percentile of them
 * @param rows that were compared
 */
public record PairedDifference(double mean, double low, double high, long rows, long users) {

  /** Whether the interval excludes zero. */
  public boolean isReal() {
    return low > 0 || high < 0;
  }

  /** Over all rows; see the other. */
  public static @Nullable PairedDifference byUserBootstrap(
      double[] lossesA, double[] lossesB, long[] users, int replicates, long seed) {
    return byUserBootstrap(lossesA, lossesB, users, null, replicates, seed);
  }

  /**
   * Over the rows for which {@code mask} holds. A function of its arguments, whatever the order of
   * the rows of different users.
   *
   * @param users hash of each row's user, {@link QualityRows#NO_USER} where there is none
   * @param mask chooses rows, for example those with a history of at least 5; null = all
   * @return null without rows
   */
  public static @Nullable PairedDifference byUserBootstrap(
      double[] lossesA,
      double[] lossesB,
      long[] users,
      boolean @Nullable [] mask,
      int replicates,
      long seed) {
    check(lossesA, lossesB, users, mask, replicates);
    int[] chosen = chosen(lossesA.length, mask);
    if (chosen.length == 0) {
      return null;
    }
    long[] keys = new long[chosen.length];
    Arrays.setAll(keys, i -> users[chosen[i]]);
    int[] order = new int[chosen.length];
    Arrays.setAll(order, i -> i);
    LongArrays.radixSortIndirect(order, keys, true);
    double[] sums = new double[chosen.length];
    int[] counts = new int[chosen.length];
    int clusters = 0;
    for (int k = 0; k < order.length; k++) {
      long user = keys[order[k]];
      boolean newUser = k == 0 || user == QualityRows.NO_USER || user != keys[order[k - 1]];
      clusters += newUser ? 1 : 0;
      int row = chosen[order[k]];
      sums[clusters - 1] += lossesA[row] - lossesB[row];
      counts[clusters - 1]++;
    }
    double total = 0;
    for (int c = 0; c < clusters; c++) {
      total += sums[c];
    }
    double[] means = replicates(sums, counts, clusters, replicates, seed);
    return new PairedDifference(
        total / chosen.length,
        percentile(means, 0.025),
        percentile(means, 0.975),
        chosen.length,
        clusters);
  }

  private static void check(
      double[] lossesA, double[] lossesB, long[] users, boolean @Nullable [] mask, int replicates) {
    int rows = lossesA.length;
    if (lossesB.length != rows || users.length != rows || (mask != null && mask.length != rows)) {
      throw new IllegalArgumentException(
          "losses, users and mask must be of the same rows, got %d and %d losses, %d users%s"
              .formatted(
                  rows,
                  lossesB.length,
                  users.length,
                  mask == null ? "" : " and a mask of " + mask.length));
    }
    if (replicates < 1) {
      throw new IllegalArgumentException("replicates must be >= 1, got " + replicates);
    }
  }

  private static int[] chosen(int rows, boolean @Nullable [] mask) {
    int[] chosen = new int[rows];
    int count = 0;
    for (int i = 0; i < rows; i++) {
      if (mask == null || mask[i]) {
        chosen[count++] = i;
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  /** The mean per row of each replicate, ascending. */
  private static double[] replicates(
      double[] sums, int[] counts, int clusters, int replicates, long seed) {
    SplitMix random = new SplitMix(seed);
    double[] means = new double[replicates];
    for (int r = 0; r < replicates; r++) {
      double sum = 0;
      long count = 0;
      for (int draw = 0; draw < clusters; draw++) {
        int c = random.below(clusters);
        sum += sums[c];
        count += counts[c];
      }
      means[r] = sum / count;
    }
    Arrays.sort(means);
    return means;
  }

  /** Linear between the two neighbours. */
  private static double percentile(double[] ascending, double share) {
    double at = share * (ascending.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (at - below) * (ascending[above] - ascending[below]);
  }
}
