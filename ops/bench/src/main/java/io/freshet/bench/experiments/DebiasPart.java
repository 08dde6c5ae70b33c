package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learning from clicks that weigh one over the chance of having been looked at, and that do not.
 */
final class DebiasPart {

  private static final int SEEDS = 5;

  private DebiasPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Position bias

        `$COMMAND`

        Real judgments, **simulated clicks**: pages, clicks and settings as for queries that come back, learnt with propensities given
        (`examination: {from: given}`) and without (`none`). Pages show BM25's order, or **blind** an order drawn once a query from
        BM25's best %d, which says nothing and which a naive learner takes for a sign of relevance; a share of %s is random in both.
        NDCG@10 of the learnt match alone against the judgments, on the queries that taught. Means over %d seeds and all queries;
        the difference with the 95 %% interval by the paired bootstrap over queries, ± the sample standard deviation over seeds.

        | collection | pages | untrained | naive | debiased | debiased − naive |
        |---|---|---|---|---|---|
        """
            .formatted(SimulatedPages.DRAWN_FROM, UnseenPart.EXPLORE, SEEDS));
    for (SearchTask task : tasks) {
      if (task.quality() != Quality.NDCG) {
        continue;
      }
      for (boolean blind : new boolean[] {false, true}) {
        String row = row(task, blind);
        System.err.print(row);
        out.append(row);
      }
    }
    return out.toString();
  }

  private static String row(SearchTask task, boolean blind) {
    Fold fold = task.fold(0);
    List<Asked> all = new ArrayList<>(fold.test());
    all.addAll(fold.others());
    var policy =
        new SimulatedPages.Policy(UnseenPart.CLICKS, UnseenPart.EXPLORE, UnseenPart.NOISE, blind);
    String[] rankings = {
      UnseenPart.RANKING.replace("from: given", "from: none"), UnseenPart.RANKING
    };
    double[][] byQuery = new double[3][all.size()];
    double[][] bySeed = new double[3][SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<SimulatedPages.Result> pages =
          SimulatedPages.draw(all, task.highestGrade(), policy, UnseenPart.TIMES, seed);
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
    return "| %s | %s | %s | %s | %s | %s ± %s |%n"
        .formatted(
            task.name(),
            blind ? "blind" : "BM25",
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
