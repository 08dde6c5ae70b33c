package io.freshet.bench.experiments;

import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The projection variants of arXiv 2510.12327 on the same clicks, against the linear one. */
final class ProjectionPart {

  static final String OPTIMIZER =
      "{rows: {kind: adagrad, rate: 0.1}, dense: {kind: adam, rate: 0.001}}";

  private record Variant(String name, String projection) {}

  /** The first is what all others are held against. */
  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("linear", "{shape: linear}"),
          new Variant("deeper", feedforward("identity", 1, false)),
          new Variant("deeper, up-scaled", feedforward("identity", 2, false)),
          new Variant("deeper, up-scaled, residual", feedforward("identity", 2, true)),
          new Variant("non-linear (GELU), up-scaled", feedforward("gelu", 2, false)),
          new Variant("non-linear (GELU), up-scaled, residual", feedforward("gelu", 2, true)),
          new Variant("GLU (SiLU), up-scaled", glu(false)),
          new Variant("GLU (SiLU), up-scaled, residual", glu(true)));

  private ProjectionPart() {}

  private static String feedforward(String activation, int scale, boolean residual) {
    return "{shape: feedforward, activation: %s, scale: %d, residual: %s}"
        .formatted(activation, scale, residual);
  }

  private static String glu(boolean residual) {
    return "{shape: glu, activation: silu, scale: 2, residual: %s}".formatted(residual);
  }

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Projections

        `$COMMAND`

        Real judgments, **simulated clicks**: folds, pages, clicks and settings as for unseen queries, but `optimizer: %s`,
        so that projections learn. Five runs, each of another seed of clicks and model that tests another fold; all variants see the same
        pages. NDCG@10 of the match alone, mean over all queries; less that of the linear projection: 95 %%
        interval by the paired bootstrap over queries, ± the sample standard deviation over runs, and the p of Wilcoxon's signed-rank
        test over runs (of five runs at least 0.0625). Bold: above 0 by all of the interval.

        | collection | projection | quality | − linear | p over runs |
        |---|---|---|---|---|
        """
            .formatted(OPTIMIZER));
    for (SearchTask task : tasks) {
      if (task.quality() != RankedList.Quality.NDCG) {
        continue;
      }
      double[] linear = {};
      for (Variant variant : VARIANTS) {
        double[] values = values(task, variant);
        linear = linear.length == 0 ? values : linear;
        String row = row(task, variant, values, linear);
        System.err.print(row);
        out.append(row);
      }
    }
    return out.toString();
  }

  /** By query, in the order of the folds. */
  private static double[] values(SearchTask task, Variant variant) {
    List<Double> values = new ArrayList<>();
    var policy =
        new SimulatedPages.Policy(
            UnseenPart.CLICKS, UnseenPart.EXPLORE, UnseenPart.NOISE, SimulatedPages.Order.BM25);
    String ranking = UnseenPart.RANKING.replace("}}", "}, projection: " + variant.projection + "}");
    var plan = new LateRanker.Plan(UnseenPart.words(task), false, ranking, OPTIMIZER);
    for (int f = 0; f < SearchTask.FOLDS; f++) {
      Fold fold = task.fold(f);
      try (LateRanker ranker = new LateRanker(plan, task.texts(), 1 + f)) {
        ranker.learn(
            fold.others(),
            SimulatedPages.draw(
                fold.others(), task.highestGrade(), policy, UnseenPart.TIMES, 1 + f));
        double[][] matches = ranker.matches(fold.test());
        for (int q = 0; q < matches.length; q++) {
          Asked asked = fold.test().get(q);
          values.add(task.quality().of(asked, matches[q]));
        }
      }
    }
    return UntrainedPart.array(values);
  }

  private static String row(SearchTask task, Variant variant, double[] values, double[] linear) {
    String quality = Page.number(Page.mean(values), 4);
    if (values == linear) {
      return "| %s | %s | %s | | |%n".formatted(task.name(), variant.name(), quality);
    }
    double[] differences = new double[SearchTask.FOLDS];
    int begin = 0;
    for (int f = 0; f < differences.length; f++) {
      int end = begin + task.fold(f).test().size();
      double[] run = new double[end - begin];
      int from = begin;
      Arrays.setAll(run, q -> values[from + q] - linear[from + q]);
      differences[f] = Page.mean(run);
      begin = end;
    }
    return "| %s | %s | %s | %s ± %s | %s |%n"
        .formatted(
            task.name(),
            variant.name(),
            quality,
            Bootstrap.of(values, linear).marked(),
            Page.number(Page.deviation(differences), 4),
            Page.number(PairedTests.signedRank(differences), 4));
  }
}
