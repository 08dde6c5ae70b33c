package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import io.freshet.source.clicks.ClickModel;
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
  static final int PAGES = 5_000;

  /** Where propensities come from; the first is what the others are compared with. */
  private static final List<String> SOURCES = List.of("none", "given", "estimated");

  /**
   * How fast looking falls off.
   *
   * @param explore share of pages that are random
   */
  private record Bias(String name, ClickModel clicks, double explore) {}

  private static final List<Bias> BIASES =
      List.of(
          new Bias("1/k", UnseenPart.CLICKS, UnseenPart.EXPLORE),
          new Bias("1/k², strong", new ClickModel.PositionBased(2), 0.1));

  private DebiasPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Position bias

        `$COMMAND`

        Real judgments, **simulated clicks** and settings as for unseen queries, learnt without propensities (**naive**, `examination:
        {from: none}`), with those **given** and with those **estimated** from the same stream. All queries teach and are tested; each
        is asked so often that there are about %d pages, and %d times at least. Pages show BM25's first %d in its order; or
        **reversed**, what matches best last; or **blind**, an order of its first %d that is drawn once a query and says nothing;
        a share of the pages is random. Position k is looked at with probability 1/k or, in the **strong** case, 1/k². That case and
        its share were chosen, on clicks of other seeds, after the first three rows had shown no difference.
        NDCG@10 of the match alone against the judgments. Means over %d seeds and all queries; the differences with the 95 %%
        interval by the paired bootstrap over queries, ± the sample standard deviation over seeds. Bold: above 0 by all of the interval.

        | collection | looked at | pages | random pages | queries × times | untrained | naive | given | estimated | given − naive | estimated − naive |
        |---|---|---|---|---|---|---|---|---|---|---|
        """
            .formatted(
                PAGES, UnseenPart.TIMES, SimulatedPages.SIZE, SimulatedPages.DRAWN_FROM, SEEDS));
    for (SearchTask task : tasks) {
      if (task.quality() != Quality.NDCG) {
        continue;
      }
      for (Bias bias : BIASES) {
        for (SimulatedPages.Order order : SimulatedPages.Order.values()) {
          String row = row(task, bias, order);
          System.err.print(row);
          out.append(row);
        }
      }
    }
    return out.toString();
  }

  static int times(SearchTask task) {
    return Math.max(UnseenPart.TIMES, PAGES / task.queries());
  }

  private static String row(SearchTask task, Bias bias, SimulatedPages.Order order) {
    Fold fold = task.fold(0);
    List<Asked> all = new ArrayList<>(fold.test());
    all.addAll(fold.others());
    var policy = new SimulatedPages.Policy(bias.clicks, bias.explore, UnseenPart.NOISE, order);
    double[][] byQuery = new double[1 + SOURCES.size()][all.size()];
    double[][] bySeed = new double[1 + SOURCES.size()][SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<SimulatedPages.Result> pages =
          SimulatedPages.draw(all, task.highestGrade(), policy, times(task), seed);
      for (int r = 0; r < SOURCES.size(); r++) {
        String ranking = UnseenPart.RANKING.replace("from: given", "from: " + SOURCES.get(r));
        var plan =
            new LateRanker.Plan(UnseenPart.words(task), false, ranking, UnseenPart.OPTIMIZER);
        try (LateRanker ranker = new LateRanker(plan, task.texts(), seed)) {
          if (r == 0) {
            add(all, ranker, byQuery[0], bySeed[0], seed);
          }
          ranker.learn(all, pages);
          add(all, ranker, byQuery[1 + r], bySeed[1 + r], seed);
        }
      }
    }
    StringBuilder row = new StringBuilder();
    row.append(
        "| %s | %s | %s | %s | %d × %d |"
            .formatted(
                task.name(),
                bias.name,
                order == SimulatedPages.Order.BM25 ? "BM25" : order.name().toLowerCase(Locale.ROOT),
                bias.explore,
                task.queries(),
                times(task)));
    for (double[] of : bySeed) {
      row.append(" %s |".formatted(Page.number(Page.mean(of), 4)));
    }
    for (int r = 2; r < bySeed.length; r++) {
      row.append(
          " %s ± %s |"
              .formatted(
                  Bootstrap.of(byQuery[r], byQuery[1]).marked(),
                  Page.number(Page.deviation(differences(bySeed[r], bySeed[1])), 4)));
    }
    return row.append("\n").toString();
  }

  private static double[] differences(double[] of, double[] from) {
    double[] differences = new double[of.length];
    Arrays.setAll(differences, s -> of[s] - from[s]);
    return differences;
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
