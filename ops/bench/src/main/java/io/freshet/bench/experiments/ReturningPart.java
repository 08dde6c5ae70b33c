package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import io.freshet.bench.experiments.SimulatedPages.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Queries that come back: late interaction against a counter of clicks on every pair of a query and
 * a document.
 */
final class ReturningPart {

  private static final int SEEDS = 3;
  private static final double[] WEIGHTS = {0, 0.2, 0.5, 1, 2};

  /** Looks that a pair is taken to have had beforehand, at the rate of all pairs. */
  private static final double PRIOR = 2;

  /** What is added to BM25, in the order of the page's columns. */
  private enum Added {
    NOTHING,
    COUNTER,
    LATE,
    REMEMBERING,
    LATE_AND_COUNTER
  }

  private ReturningPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Late interaction on queries that come back

        `$COMMAND`

        Real judgments, **simulated clicks**: pages, clicks and settings as for unseen queries, but all queries teach, each asked %d
        times, and all are tested. **Counter**: of every (query, document) the smoothed rate (clicks + %s·r)/(looks + %s), looks
        the sum of the true probabilities of having been looked at, r the rate over all pairs; so it knows positions' bias exactly.
        **Late**: the learnt match. **Remembering**: the same model with a weight for every (query, document) and one for the position,
        its logit. Everything is standardised over the candidates and added to BM25, with weights of %s that are best on the other
        four folds' queries. Mean over %d seeds and all queries, differences as above.

        | collection | measure | BM25 | + counter | + late | + remembering | + late + counter | remembering − counter | late + counter − counter |
        |---|---|---|---|---|---|---|---|---|
        """
            .formatted(UnseenPart.TIMES, PRIOR, PRIOR, Arrays.toString(WEIGHTS), SEEDS));
    for (SearchTask task : tasks) {
      String row = row(task);
      System.err.print(row);
      out.append(row);
    }
    return out.toString();
  }

  private static String row(SearchTask task) {
    Quality quality = task.quality();
    double[][] byQuery = new double[Added.values().length][task.queries()];
    double[][] bySeed = new double[Added.values().length][SEEDS];
    var policy =
        new SimulatedPages.Policy(UnseenPart.CLICKS, UnseenPart.EXPLORE, UnseenPart.NOISE, false);
    var plan =
        new LateRanker.Plan(UnseenPart.words(task), true, UnseenPart.RANKING, UnseenPart.OPTIMIZER);
    for (int seed = 1; seed <= SEEDS; seed++) {
      int done = 0;
      for (int f = 0; f < SearchTask.FOLDS; f++) {
        Fold fold = task.fold(f);
        List<Asked> all = new ArrayList<>(fold.test());
        all.addAll(fold.others());
        List<Result> pages =
            SimulatedPages.draw(all, task.highestGrade(), policy, UnseenPart.TIMES, seed);
        double[][] counted = counted(all, pages);
        double[][] late;
        double[][] remembering;
        try (LateRanker ranker = new LateRanker(plan, task.texts(), seed)) {
          ranker.learn(all, pages);
          late = ranker.matches(all);
          remembering = ranker.logits(all);
        }
        int tested = fold.test().size();
        for (Added added : Added.values()) {
          double[][] one =
              switch (added) {
                case NOTHING, COUNTER -> counted;
                case LATE, LATE_AND_COUNTER -> late;
                case REMEMBERING -> remembering;
              };
          double[] weights = weights(quality, added, all, tested, one, counted);
          for (int q = 0; q < tested; q++) {
            double value = quality.of(all.get(q), sum(all.get(q), weights, one[q], counted[q]));
            byQuery[added.ordinal()][done + q] += value / SEEDS;
            bySeed[added.ordinal()][seed - 1] += value / task.queries();
          }
        }
        done += tested;
      }
    }
    StringBuilder row =
        new StringBuilder(
            "| %s | %s |".formatted(task.name(), quality == Quality.MRR ? "MRR@10" : "NDCG@10"));
    for (Added added : Added.values()) {
      row.append(" %s |".formatted(Page.number(Page.mean(bySeed[added.ordinal()]), 4)));
    }
    for (Added added : List.of(Added.REMEMBERING, Added.LATE_AND_COUNTER)) {
      double[] differences = new double[SEEDS];
      Arrays.setAll(
          differences, s -> bySeed[added.ordinal()][s] - bySeed[Added.COUNTER.ordinal()][s]);
      row.append(
          " %s ± %s |"
              .formatted(
                  Bootstrap.of(byQuery[added.ordinal()], byQuery[Added.COUNTER.ordinal()]).marked(),
                  Page.number(Page.deviation(differences), 4)));
    }
    return row.append("\n").toString();
  }

  /** The smoothed rate of clicks of every candidate of every query. */
  static double[][] counted(List<Asked> queries, List<Result> pages) {
    double[][] clicks = new double[queries.size()][];
    double[][] looks = new double[queries.size()][];
    for (int q = 0; q < clicks.length; q++) {
      clicks[q] = new double[queries.get(q).candidates().length];
      looks[q] = new double[clicks[q].length];
    }
    double allClicks = 0;
    double allLooks = 0;
    for (Result page : pages) {
      for (int k = 0; k < page.shown().length; k++) {
        double click = page.clicked()[k] ? 1 : 0;
        clicks[page.query()][page.shown()[k]] += click;
        looks[page.query()][page.shown()[k]] += page.looked()[k];
        allClicks += click;
        allLooks += page.looked()[k];
      }
    }
    double rate = allClicks / allLooks;
    double[][] rates = new double[clicks.length][];
    for (int q = 0; q < rates.length; q++) {
      rates[q] = new double[clicks[q].length];
      for (int c = 0; c < rates[q].length; c++) {
        rates[q][c] = (clicks[q][c] + PRIOR * rate) / (looks[q][c] + PRIOR);
      }
    }
    return rates;
  }

  /** Of both parts, the best on the queries from {@code from} on. */
  private static double[] weights(
      Quality quality,
      Added added,
      List<Asked> queries,
      int from,
      double[][] one,
      double[][] counted) {
    double[] best = {0, 0};
    double most = Double.NEGATIVE_INFINITY;
    for (double first : added == Added.NOTHING ? new double[1] : WEIGHTS) {
      for (double second : added == Added.LATE_AND_COUNTER ? WEIGHTS : new double[1]) {
        double[] weights = {first, second};
        double total = 0;
        for (int q = from; q < queries.size(); q++) {
          Asked asked = queries.get(q);
          total += quality.of(asked, sum(asked, weights, one[q], counted[q]));
        }
        if (total > most) {
          most = total;
          best = weights;
        }
      }
    }
    return best;
  }

  private static double[] sum(Asked asked, double[] weights, double[] one, double[] counted) {
    double[] sum = RankedList.sum(asked.scores(), weights[0], one);
    double[] more = RankedList.standardised(counted);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weights[1] * more[i];
    }
    return sum;
  }
}
