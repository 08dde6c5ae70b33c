package io.freshet.bench.experiments;

import io.freshet.bench.experiments.SearchTask.Asked;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How good an order of a query's candidates is, held against everything that was judged for it. */
final class RankedList {

  /** The grade of what no judge saw. */
  static final int UNJUDGED = -1;

  static final int DEPTH = 10;

  /** A measure, between 0 and 1. */
  enum Quality {
    /** NDCG@10, gain 2^grade − 1; what no judge saw counts as irrelevant. */
    NDCG,
    /** NDCG@10 of the list without what no judge saw. */
    NDCG_JUDGED,
    /** One over the rank of the first relevant document, 0 beyond rank 10. */
    MRR;

    double of(Asked asked, double[] scores) {
      int[] order = order(scores);
      int[] grades = Arrays.stream(order).map(i -> asked.grades()[i]).toArray();
      return switch (this) {
        case NDCG -> ndcg(grades, asked.judged());
        case NDCG_JUDGED ->
            ndcg(Arrays.stream(grades).filter(g -> g != UNJUDGED).toArray(), asked.judged());
        case MRR -> reciprocalRank(grades);
      };
    }
  }

  private RankedList() {}

  /** Indexes by descending score; equal ones in the order in which they stand. */
  static int[] order(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted((a, b) -> Double.compare(scores[b], scores[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * @param grades in the order of the list
   * @param judged all there are, of which at least one is above 0
   */
  static double ndcg(int[] grades, int[] judged) {
    int[] best = Arrays.stream(judged).map(g -> -g).sorted().map(g -> -g).toArray();
    return gain(grades) / gain(best);
  }

  private static double gain(int[] grades) {
    double sum = 0;
    for (int rank = 0; rank < Math.min(DEPTH, grades.length); rank++) {
      double gain = (1L << Math.max(0, grades[rank])) - 1;
      sum += gain * StrictMath.log(2) / StrictMath.log(rank + 2);
    }
    return sum;
  }

  private static double reciprocalRank(int[] grades) {
    for (int rank = 0; rank < Math.min(DEPTH, grades.length); rank++) {
      if (grades[rank] > 0) {
        return 1.0 / (rank + 1);
      }
    }
    return 0;
  }

  /** Scores with mean 0 and deviation 1, so that those of different rankers can be added. */
  static double[] standardised(double[] scores) {
    double mean = Page.mean(scores);
    double squares = 0;
    for (double score : scores) {
      squares += (score - mean) * (score - mean);
    }
    double deviation = Math.sqrt(squares / Math.max(1, scores.length));
    return Arrays.stream(scores).map(s -> deviation > 0 ? (s - mean) / deviation : 0).toArray();
  }

  /** Standardised scores of one ranker and {@code weight} times those of another. */
  static double[] sum(double[] one, double weight, double[] other) {
    double[] sum = standardised(one);
    double[] added = standardised(other);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * added[i];
    }
    return sum;
  }
}
