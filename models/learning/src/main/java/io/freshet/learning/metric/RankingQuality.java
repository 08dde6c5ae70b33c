package io.freshet.learning.metric;

import org.jspecify.annotations.Nullable;

/**
 * How well a model orders what was shown for queries: NDCG@10 (gain 2^grade − 1, discount 1/log2(1
 * + rank); Järvelin, Kekäläinen 2002) and MRR@10 (one over the rank of the first relevant item, 0
 * beyond rank 10), means over the lists that hold something relevant. Each list is ranked against
 * the best order of the same list. Ties count by what their random order would give on average
 * (McSherry, Najork 2008), so that a model which tells nothing apart earns nothing from the order
 * in which items came.
 */
public final class RankingQuality {

  private static final int DEPTH = 10;
  private static final int HIGHEST_GRADE = 30;

  private long lists;
  private double ndcg;
  private double reciprocalRank;

  /**
   * Takes one list.
   *
   * @param grades 0 = irrelevant; counted up to {@value #HIGHEST_GRADE}, negative as 0
   */
  public void add(double[] scores, int[] grades) {
    if (scores.length != grades.length) {
      throw new IllegalArgumentException(
          "scores and grades must be as many, got %d and %d"
              .formatted(scores.length, grades.length));
    }
    double[] own = new double[grades.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = gain(grades[i]);
    }
    double ideal = gainInOrderOf(own, grades);
    if (ideal > 0) {
      lists++;
      ndcg += gainInOrderOf(scores, grades) / ideal;
      reciprocalRank += reciprocalRank(scores, grades);
    }
  }

  private static double gain(int grade) {
    return (1L << Math.max(0, Math.min(HIGHEST_GRADE, grade))) - 1;
  }

  private static double gainInOrderOf(double[] scores, int[] grades) {
    int[] order = GroupedAuc.ascending(scores, scores.length);
    double sum = 0;
    int rank = 0;
    for (int end = order.length; end > 0 && rank < DEPTH; ) {
      int begin = beginOfTie(scores, order, end);
      double gains = 0;
      for (int i = begin; i < end; i++) {
        gains += gain(grades[order[i]]);
      }
      for (int i = begin; i < end && rank < DEPTH; i++) {
        rank++;
        sum += gains / (end - begin) * StrictMath.log(2) / StrictMath.log(1 + rank);
      }
      end = begin;
    }
    return sum;
  }

  private static double reciprocalRank(double[] scores, int[] grades) {
    int[] order = GroupedAuc.ascending(scores, scores.length);
    int before = 0;
    for (int end = order.length; end > 0; ) {
      int begin = beginOfTie(scores, order, end);
      int relevant = 0;
      for (int i = begin; i < end; i++) {
        relevant += grades[order[i]] > 0 ? 1 : 0;
      }
      int tied = end - begin;
      if (relevant > 0) {
        return expected(before, tied, relevant);
      }
      before += tied;
      end = begin;
    }
    return 0;
  }

  /**
   * Over all orders of {@code tied} items of which some are relevant, after others that are not.
   */
  private static double expected(int before, int tied, int relevant) {
    double sum = 0;
    double first = (double) relevant / tied;
    for (int i = 0; i <= tied - relevant && before + i < DEPTH; i++) {
      sum += first / (before + i + 1);
      first *= (double) (tied - relevant - i) / Math.max(1, tied - i - 1);
    }
    return sum;
  }

  private static int beginOfTie(double[] scores, int[] order, int end) {
    int begin = end - 1;
    while (begin > 0 && scores[order[begin - 1]] == scores[order[end - 1]]) {
      begin--;
    }
    return begin;
  }

  /** Lists that held something relevant. */
  public long lists() {
    return lists;
  }

  /** Null before the first list. */
  public @Nullable Double ndcg10() {
    return lists == 0 ? null : (Double) (ndcg / lists);
  }

  /** Null before the first list. */
  public @Nullable Double mrr10() {
    return lists == 0 ? null : (Double) (reciprocalRank / lists);
  }
}
