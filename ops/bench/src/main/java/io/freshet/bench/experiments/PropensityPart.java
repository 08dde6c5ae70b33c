package io.freshet.bench.experiments;

import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import io.freshet.learning.colbert.PositionBias;
import io.freshet.source.clicks.ClickModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** How near a learner's estimate of what is looked at comes to what simulated users looked at. */
final class PropensityPart {

  private static final int SEEDS = 5;
  private static final List<Double> EXPLORES = List.of(0.3, 0.1, 0.03, 0.0);
  private static final int[] SHOWN = {2, 5, 10};
  private static final String RANKING =
      "{width: 8, vector: 8, generation: 8, examination: {from: estimated}}";

  private record Clicks(String name, ClickModel model) {}

  private static final List<Clicks> MODELS =
      List.of(
          new Clicks("1/k", new ClickModel.PositionBased(1)),
          new Clicks("1/k²", new ClickModel.PositionBased(2)),
          new Clicks("cascade", new ClickModel.Cascade(0.5, 0.9)));

  /** By position, relative to the first; NaN where it is not known. */
  record Run(double[] truth, double[] estimate, double[] rates, double movedPairs) {

    /** Mean absolute error where the estimate is known; of the rates everywhere if it is not. */
    double error(double[] of) {
      return IntStream.range(1, truth.length)
          .filter(k -> !Double.isNaN(known() == 0 ? of[k] : estimate[k]))
          .mapToDouble(k -> Math.abs(of[k] - truth[k]))
          .average()
          .orElse(Double.NaN);
    }

    int known() {
      return (int) Arrays.stream(estimate).filter(value -> !Double.isNaN(value)).count();
    }
  }

  private PropensityPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Position bias, estimated from the stream

        `$COMMAND`

        **Simulated clicks** on real judgments. A learner of family `colbert` with `ranking: %s`
        sees about %d pages of BM25's first %d, of which a share is drawn at random. In the position-based model position k is
        looked at with probability 1/k or 1/k²; in the **cascade** users read from the top, and on with %s after a click and %s
        without: whether a position is looked at then depends on what stands above it, and the truth is the mean over the pages.
        Truth and estimate are relative to position 1. **Rates** takes clicks by position over looks for the estimate.
        Errors are absolute, means over the known positions from 2 on (of the rates over all, where none is known); means over %d
        seeds ± the sample standard deviation. A position is known when the standard error of the logarithm is at most 0.2. Without
        random pages documents stay where they are (the pairs that moved are documents of the same words): no estimate, and clicks weigh 1.

        | collection | clicks | random pages | moved pairs | known positions | truth at %s | estimate at %s | error | error of rates |
        |---|---|---|---|---|---|---|---|---|
        """
            .formatted(
                RANKING,
                DebiasPart.PAGES,
                SimulatedPages.SIZE,
                0.5,
                0.9,
                SEEDS,
                places(),
                places()));
    for (SearchTask task : tasks) {
      for (Clicks clicks : MODELS) {
        for (double explore : EXPLORES) {
          String row = row(task, clicks, explore);
          System.err.print(row);
          out.append(row);
        }
      }
    }
    return out.toString();
  }

  private static String places() {
    return String.join(", ", Arrays.stream(SHOWN).mapToObj(Integer::toString).toList());
  }

  private static String row(SearchTask task, Clicks clicks, double explore) {
    List<Run> runs = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      runs.add(run(task, clicks.model, explore, seed));
    }
    return "| %s | %s | %s | %.0f | %.1f | %s | %s | %s | %s |%n"
        .formatted(
            task.name(),
            clicks.name,
            explore,
            Page.mean(runs.stream().mapToDouble(Run::movedPairs).toArray()),
            Page.mean(runs.stream().mapToDouble(Run::known).toArray()),
            at(runs.stream().map(Run::truth).toList()),
            at(runs.stream().map(Run::estimate).toList()),
            spread(runs.stream().mapToDouble(run -> run.error(run.estimate)).toArray()),
            spread(runs.stream().mapToDouble(run -> run.error(run.rates)).toArray()));
  }

  private static String at(List<double[]> byPosition) {
    return String.join(
        ", ",
        Arrays.stream(SHOWN)
            .mapToObj(k -> byPosition.stream().mapToDouble(values -> values[k - 1]).toArray())
            .map(values -> number(Page.mean(values), 3))
            .toList());
  }

  private static String spread(double[] values) {
    return Double.isNaN(Page.mean(values))
        ? "not known"
        : number(Page.mean(values), 3) + " ± " + number(Page.deviation(values), 3);
  }

  private static String number(double value, int digits) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  static Run run(SearchTask task, ClickModel model, double explore, int seed) {
    Fold fold = task.fold(0);
    List<Asked> all = new ArrayList<>(fold.test());
    all.addAll(fold.others());
    var policy =
        new SimulatedPages.Policy(model, explore, UnseenPart.NOISE, SimulatedPages.Order.BM25);
    List<SimulatedPages.Result> pages =
        SimulatedPages.draw(all, task.highestGrade(), policy, DebiasPart.times(task), seed);
    var plan = new LateRanker.Plan(UnseenPart.words(task), false, RANKING, UnseenPart.OPTIMIZER);
    Map<String, Double> metrics;
    try (LateRanker ranker = new LateRanker(plan, task.texts(), seed)) {
      ranker.learn(all, pages);
      metrics = ranker.metrics();
    }
    double[] looked = new double[SimulatedPages.SIZE];
    double[] clicked = new double[SimulatedPages.SIZE];
    double[] shown = new double[SimulatedPages.SIZE];
    for (SimulatedPages.Result page : pages) {
      for (int k = 0; k < page.shown().length; k++) {
        shown[k]++;
        looked[k] += page.looked()[k];
        clicked[k] += page.clicked()[k] ? 1 : 0;
      }
    }
    double[] estimate = new double[SimulatedPages.SIZE];
    Arrays.setAll(estimate, k -> metrics.getOrDefault(PositionBias.metric(k + 1), Double.NaN));
    Arrays.setAll(looked, k -> looked[k] / shown[k]);
    Arrays.setAll(clicked, k -> clicked[k] / shown[k]);
    return new Run(
        relative(looked),
        relative(estimate),
        relative(clicked),
        metrics.getOrDefault(PositionBias.MOVED_PAIRS, 0.0));
  }

  private static double[] relative(double[] byPosition) {
    return Arrays.stream(byPosition).map(value -> value / byPosition[0]).toArray();
  }
}
