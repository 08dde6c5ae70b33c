package io.freshet.learning.metric;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.Arrays;

/**
 * Exact areas under ROC curves within groups of rows: the share of (positive, negative) pairs of a
 * group that the scores order rightly, ties counting half, each pair weighing the product of its
 * rows' weights. One sort, then one pass.
 */
final class GroupedAuc {

  /** Sees the groups that have pairs, in ascending order of group. */
  interface Visitor {

    /**
     * @param right the weight of the rightly ordered pairs, ties half
     * @param pairs the weight of all pairs
     * @param rows the weight of the group's rows
     */
    void group(long group, double right, double pairs, double rows);
  }

  private GroupedAuc() {}

  /** Rows sorted by (score, row), which is the order that {@link #visit} wants. */
  static int[] ascending(double[] scores, int size) {
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      // adding 0 turns -0 into 0, so that the two tie
      long bits = Double.doubleToLongBits(scores[i] + 0.0);
      keys[i] = bits ^ (bits >> 63 & Long.MAX_VALUE);
    }
    return order(keys);
  }

  /** Rows in ascending order of key, those of one key by row. */
  private static int[] order(long[] keys) {
    int[] order = new int[keys.length];
    Arrays.setAll(order, i -> i);
    LongArrays.radixSortIndirect(order, keys, true);
    return order;
  }

  /**
   * @param byScore rows in ascending order of score
   * @param groups of each row
   */
  static void visit(
      int[] byScore,
      double[] scores,
      float[] labels,
      float[] weights,
      long[] groups,
      Visitor visitor) {
    long[] groupKeys = new long[byScore.length];
    for (int i = 0; i < byScore.length; i++) {
      groupKeys[i] = groups[byScore[i]];
    }
    int[] byGroup = order(groupKeys);
    int start = 0;
    while (start < byGroup.length) {
      long group = groupKeys[byGroup[start]];
      int end = start + 1;
      while (end < byGroup.length && groupKeys[byGroup[end]] == group) {
        end++;
      }
      group(group, byScore, byGroup, start, end, scores, labels, weights, visitor);
      start = end;
    }
  }

  private static void group(
      long group,
      int[] byScore,
      int[] byGroup,
      int start,
      int end,
      double[] scores,
      float[] labels,
      float[] weights,
      Visitor visitor) {
    double negativesBelow = 0;
    double positives = 0;
    double right = 0;
    int at = start;
    while (at < end) {
      double score = scores[byScore[byGroup[at]]];
      double tiedPositives = 0;
      double tiedNegatives = 0;
      for (; at < end && scores[byScore[byGroup[at]]] == score; at++) {
        int row = byScore[byGroup[at]];
        if (labels[row] > 0.5f) {
          tiedPositives += weights[row];
        } else {
          tiedNegatives += weights[row];
        }
      }
      right += tiedPositives * (negativesBelow + tiedNegatives / 2);
      negativesBelow += tiedNegatives;
      positives += tiedPositives;
    }
    double pairs = positives * negativesBelow;
    if (pairs > 0) {
      visitor.group(group, right, pairs, positives + negativesBelow);
    }
  }
}
