package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import io.freshet.bench.experiments.SimulatedPages.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Queries that come back: late interaction against a counter of clicks on every pair of a query and
 * a document.
 */
final class ReturningPart {

  private static final int SEEDS = 5;
  private static final double[] WEIGHTS = {0, 0.2, 0.5, 1, 2};

  private static final String OPTIMIZER =
      "{rows: {kind: adagrad, rate: 0.5}, dense: {kind: adam, rate: 0.00000001}}";

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
        **Late**: the learnt match. **Remembering**: the logit of a model with a weight for every (query, document) and one for the
        position besides, its rows learnt at a rate of 0.5, chosen like the others. Everything is standardised over the candidates and added to BM25, with weights of %s that are best on the other
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
    List<Fold> folds = IntStream.range(0, SearchTask.FOLDS).mapToObj(task::fold).toList();
    for (int seed = 1; seed <= SEEDS; seed++) {
      Map<List<Double>, Learnt> byConstants = new HashMap<>();
      int done = 0;
      for (Fold fold : folds) {
        List<Double> constants = List.of(fold.k1(), fold.b());
        Learnt learnt = byConstants.get(constants);
        if (learnt == null) {
          learnt = Learnt.of(task, fold, seed);
          byConstants.put(constants, learnt);
        }
        List<Integer> tested = learnt.places(fold.test());
        List<Integer> others = learnt.places(fold.others());
        for (Added added : Added.values()) {
          double[] weights = weights(quality, added, learnt, others);
          for (int i = 0; i < tested.size(); i++) {
            double value = learnt.quality(quality, added, weights, tested.get(i));
            byQuery[added.ordinal()][done + i] += value / SEEDS;
            bySeed[added.ordinal()][seed - 1] += value / task.queries();
          }
        }
        done += tested.size();
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

  /** Of both parts, the best on the queries of these places. */
  private static double[] weights(
      Quality quality, Added added, Learnt learnt, List<Integer> places) {
    double[] best = {0, 0};
    double most = Double.NEGATIVE_INFINITY;
    for (double first : added == Added.NOTHING ? new double[1] : WEIGHTS) {
      for (double second : added == Added.LATE_AND_COUNTER ? WEIGHTS : new double[1]) {
        double[] weights = {first, second};
        double total = 0;
        for (int place : places) {
          total += learnt.quality(quality, added, weights, place);
        }
        if (total > most) {
          most = total;
          best = weights;
        }
      }
    }
    return best;
  }

  /** What all queries' clicks of one seed taught, by query and candidate. */
  private record Learnt(
      List<Asked> asked, double[][] counted, double[][] late, double[][] remembering) {

    static Learnt of(SearchTask task, Fold fold, long seed) {
      List<Asked> asked = new ArrayList<>(fold.test());
      asked.addAll(fold.others());
      var policy =
          new SimulatedPages.Policy(
              UnseenPart.CLICKS, UnseenPart.EXPLORE, UnseenPart.NOISE, SimulatedPages.Order.BM25);
      List<Result> pages =
          SimulatedPages.draw(asked, task.highestGrade(), policy, UnseenPart.TIMES, seed);
      int words = UnseenPart.words(task);
      var late = new LateRanker.Plan(words, false, UnseenPart.RANKING, UnseenPart.OPTIMIZER);
      var remembering = new LateRanker.Plan(words, true, UnseenPart.RANKING, OPTIMIZER);
      double[][] matches;
      try (LateRanker ranker = new LateRanker(late, task.texts(), seed)) {
        ranker.learn(asked, pages);
        matches = ranker.matches(asked);
      }
      try (LateRanker ranker = new LateRanker(remembering, task.texts(), seed)) {
        ranker.learn(asked, pages);
        return new Learnt(
            asked, ReturningPart.counted(asked, pages), matches, ranker.logits(asked));
      }
    }

    List<Integer> places(List<Asked> some) {
      Map<String, Integer> places = new HashMap<>();
      for (int q = 0; q < asked.size(); q++) {
        places.put(asked.get(q).id(), q);
      }
      return some.stream().map(one -> places.get(one.id())).toList();
    }

    double quality(Quality quality, Added added, double[] weights, int place) {
      double[] one =
          switch (added) {
            case NOTHING, COUNTER -> counted[place];
            case LATE, LATE_AND_COUNTER -> late[place];
            case REMEMBERING -> remembering[place];
          };
      double[] sum = RankedList.sum(asked.get(place).scores(), weights[0], one);
      double[] more = RankedList.standardised(counted[place]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weights[1] * more[i];
      }
      return quality.of(asked.get(place), sum);
    }
  }
}
