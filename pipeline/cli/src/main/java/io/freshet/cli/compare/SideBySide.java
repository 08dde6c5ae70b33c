package io.freshet.cli.compare;

import io.freshet.cli.report.EvaluationStore;
import io.freshet.learning.compare.PairedComparison;
import io.freshet.learning.compare.PromotionRule;
import io.freshet.learning.compare.Standing;
import io.freshet.learning.metric.Adwin;
import io.freshet.learning.metric.LogLoss;
import io.freshet.learning.metric.QualityReport;
import io.freshet.learning.metric.QualityRows;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All models of a store on the same examples: each one's figures, its log loss over time, where its
 * losses drifted, and how it stands against the champion.
 */
public final class SideBySide {

  /** Losses are cut here for the detector of drift, which needs a range. */
  private static final double MOST_LOSS = 5;

  private static final double DRIFT_DELTA = 0.002;

  private final EvaluationStore store;
  private final Plan plan;
  private final Map<Long, Double> championLosses = new HashMap<>();
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  /**
   * How to compare.
   *
   * @param champion the model that the others are compared with
   * @param blockMs event time of the blocks in which rows hang together
   * @param confidence that the intervals hold at all times
   * @param windows in which the log loss over time is told
   * @param horizonMs event time for which a challenger must be better before the rule promotes it
   */
  public record Plan(
      String champion, long blockMs, double confidence, int windows, long horizonMs) {}

  /**
   * One model.
   *
   * @param windows mean log loss in each window of event time; NaN in one without rows
   * @param drifts how often the losses rose for good
   * @param lastDrift ready time at the last of these; null without one
   * @param standing against the champion, whose losses are the first; null for the champion itself
   * @param promotedAt event time at which the rule would have promoted it; null while it would not
   */
  public record Row(
      String model,
      String family,
      QualityReport quality,
      double[] windows,
      int drifts,
      @Nullable Long lastDrift,
      @Nullable Standing standing,
      @Nullable Long promotedAt) {}

  /**
   * @param from ready time of the first example, and {@code to} of the last
   */
  public record Result(List<Row> rows, long from, long to) {}

  public SideBySide(EvaluationStore store, Plan plan) {
    this.store = store;
    this.plan = plan;
  }

  /** Compares what the store holds now. */
  public Result compare() {
    read(
        plan.champion(),
        row -> {
          firstTime = Math.min(firstTime, row.getReadyTime());
          lastTime = Math.max(lastTime, row.getReadyTime());
          championLosses.put(Ids.of(row.getExampleId()), loss(row));
        });
    List<Row> rows = new ArrayList<>();
    for (EvaluationStore.Figures of : store.figures()) {
      rows.add(row(of.model(), of.family()));
    }
    return new Result(rows, firstTime, lastTime);
  }

  private interface Reader {
    void take(EvaluationRow row);
  }

  private void read(String model, Reader reader) {
    store.read(model, evaluation -> evaluation.getRows().forEach(reader::take));
  }

  private static double loss(EvaluationRow row) {
    return LogLoss.of(row.getPrediction(), row.getLabel());
  }

  private Row row(String model, String family) {
    QualityRows.Builder quality = new QualityRows.Builder();
    double[] sums = new double[plan.windows()];
    long[] counts = new long[plan.windows()];
    Adwin drift = new Adwin(DRIFT_DELTA, MOST_LOSS);
    PairedComparison paired = new PairedComparison(plan.blockMs(), plan.confidence());
    PromotionRule rule = new PromotionRule(plan.horizonMs());
    boolean isChampion = model.equals(plan.champion());
    int[] drifts = new int[1];
    Long[] lastDrift = new Long[1];
    Long[] promotedAt = new Long[1];
    read(
        model,
        row -> {
          long user = row.getUserId() == null ? QualityRows.NO_USER : Ids.of(row.getUserId());
          double loss = loss(row);
          quality.add(
              row.getLabel(),
              row.getWeight(),
              row.getPrediction(),
              user,
              row.getPosition(),
              row.getTrueProbability() == null ? Double.NaN : row.getTrueProbability(),
              row.getReadyTime());
          int window = window(row.getReadyTime());
          sums[window] += loss;
          counts[window]++;
          if (drift.add(Math.min(loss, MOST_LOSS)) == Adwin.Change.UP) {
            drifts[0]++;
            lastDrift[0] = row.getReadyTime();
          }
          Double champion = championLosses.get(Ids.of(row.getExampleId()));
          if (!isChampion && champion != null) {
            boolean closed = paired.add(row.getReadyTime(), user, champion, loss);
            if (closed && rule.promotes(paired.standing()) && promotedAt[0] == null) {
              promotedAt[0] = row.getReadyTime();
            }
          }
        });
    double[] means = new double[sums.length];
    Arrays.setAll(means, w -> counts[w] == 0 ? Double.NaN : sums[w] / counts[w]);
    return new Row(
        model,
        family,
        QualityReport.of(quality.build()),
        means,
        drifts[0],
        lastDrift[0],
        isChampion ? null : paired.standing(),
        promotedAt[0]);
  }

  private int window(long time) {
    if (time <= firstTime) {
      return 0;
    }
    double share = (double) (time - firstTime) / (lastTime - firstTime + 1);
    return Math.min(plan.windows() - 1, (int) (share * plan.windows()));
  }
}
