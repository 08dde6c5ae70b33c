package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Learning from clicks that weigh one over the chance of having been looked at, and that do not.
 */
final class DebiasPart {

  private static final int SEEDS = 5;

  /** About so many, and more where every query is asked as often as in the other parts. */
  private static final int PAGES = 5_000;

  private DebiasPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Position bias

        `$COMMAND`

        Real judgments, **simulated clicks** and settings as for unseen queries, learnt with propensities given
        (`examination: {from: given}`) and without (`none`). All queries teach and are tested; each is asked so often that there are
        about %d pages, and %d times at least. Pages show BM25's first %d in its order; or **reversed**, what matches best last;
        or **blind**, an order of its first %d that is drawn once a query and says nothing. A share of %s is random in all three.
        NDCG@10 of the match alone against the judgments. Means over %d seeds and all queries; the difference with the 95 %%
        interval by the paired bootstrap over queries, ± the sample standard deviation over seeds. Bold: above 0 by all of the interval.

        | collection | pages | queries × times | untrained | naive | debiased | debiased − naive |
        |---|---|---|---|---|---|---|
        """
            .formatted(
                PAGES,
                UnseenPart.TIMES,
                SimulatedPages.SIZE,
                SimulatedPages.DRAWN_FROM,
                UnseenPart.EXPLORE,
                SEEDS));
    for (SearchTask task : tasks) {
      if (task.quality() != Quality.NDCG) {
        continue;
      }
      for (SimulatedPages.Order order : SimulatedPages.Order.values()) {
        String row = row(task, order);
        System.err.print(row);
        out.append(row);
      }
    }
    return out.toString();
  }

  private static int times(SearchTask task) {
    return Math.max(UnseenPart.TIMES, PAGES / task.queries());
  }

  private static String row(SearchTask task, SimulatedPages.Order order) {
    Fold fold = task.fold(0);
    List<Asked> all = new ArrayList<>(fold.test());
    all.addAll(fold.others());
    var policy =
        new SimulatedPages.Policy(UnseenPart.CLICKS, UnseenPart.EXPLORE, UnseenPart.NOISE, order);
    String[] rankings = {
      UnseenPart.RANKING.replace("from: given", "from: none"), UnseenPart.RANKING
    };
    double[][] byQuery = new double[3][all.size()];
    double[][] bySeed = new double[3][SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<SimulatedPages.Result> pages =
          SimulatedPages.draw(all, task.highestGrade(), policy, times(task), seed);
      for (int r = 0; r < rankings.length; r++) {
        var plan =
            new LateRanker.Plan(UnseenPart.words(task), false, rankings[r], UnseenPart.OPTIMIZER);
        try (LateRanker ranker = new LateRanker(plan, task.texts(), seed)) {
          if (r == 0) {
            add(all, ranker, byQuery[0], bySeed[0], seed);
          }
          ranker.learn(all, pages);
          add(all, ranker, byQuery[1 + r], bySeed[1 + r], seed);
        }
      }
    }
    double[] differences = new double[SEEDS];
    Arrays.setAll(differences, s -> bySeed[2][s] - bySeed[1][s]);
    return "| %s | %s | %d × %d | %s | %s | %s | %s ± %s |%n"
        .formatted(
            task.name(),
            order == SimulatedPages.Order.BM25 ? "BM25" : order.name().toLowerCase(Locale.ROOT),
            task.queries(),
            times(task),
            Page.number(Page.mean(bySeed[0]), 4),
            Page.number(Page.mean(bySeed[1]), 4),
            Page.number(Page.mean(bySeed[2]), 4),
            Bootstrap.of(byQuery[2], byQuery[1]).marked(),
            Page.number(Page.deviation(differences), 4));
  }

  private static void add(
      List<Asked> all, LateRanker ranker, double[] byQuery, double[] bySeed, int seed) {
    double[][] matches = ranker.matches(all);
    for (int q = 0; q < matches.length; q++) {
      double value = Quality.NDCG.of(all.get(q), matches[q]);
      byQuery[q] += value / SEEDS;
      bySeed[seed - 1] += value / matches.length;
    }
  }
}
