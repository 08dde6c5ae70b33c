package io.freshet.learning.metric;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The exact figures of one model over rows; null where a figure cannot be measured. Means weigh
 * rows by their weights.
 *
 * @param examples rows
 * @param baseRate mean label
 * @param auc share of (positive, negative) pairs ordered rightly, ties half
 * @param gauc mean of the users' AUCs, weighted by their impressions, over users with both labels
 * @param logLoss mean, in nats
 * @param normalizedEntropy log loss over that of always predicting {@code baseRate}
 * @param calibration mean prediction over mean label
 * @param ece expected calibration error: over {@value #BINS} bins of equally many rows in order of
 *     prediction, the weighted mean of |mean prediction − mean label|
 * @param withinPositionAuc over pairs of one position only, so that a model earns nothing by
 *     knowing the position
 * @param oracleWithinPositionAuc that of the true probabilities, over the rows where they are known
 * @param oracleLogLoss that of the true probabilities, over the rows where they are known
 * @param recent the last fifth of the rows in training order
 */
public record QualityReport(
    long examples,
    @Nullable Double baseRate,
    @Nullable Double auc,
    @Nullable Double gauc,
    @Nullable Double logLoss,
    @Nullable Double normalizedEntropy,
    @Nullable Double calibration,
    @Nullable Double ece,
    @Nullable Double withinPositionAuc,
    @Nullable Double oracleWithinPositionAuc,
    @Nullable Double oracleLogLoss,
    Recent recent) {

  static final int BINS = 10;

  /** Figures of the last fifth of the rows. */
  public record Recent(
      long examples,
      @Nullable Double auc,
      @Nullable Double logLoss,
      @Nullable Double calibration) {}

  /** The figures of {@code rows}. */
  public static QualityReport of(QualityRows rows) {
    double[] scores = new double[rows.size()];
    Arrays.setAll(scores, i -> rows.predictions()[i]);
    int[] byScore = GroupedAuc.ascending(scores, rows.size());
    Means means = Means.of(rows);
    QualityRows last = rows.from(rows.size() - rows.size() / 5);
    QualityRows known = withTrueProbability(rows);
    double[] truth = Arrays.copyOf(known.trueProbabilities(), known.size());
    return new QualityReport(
        rows.size(),
        means.label(),
        pairShare(byScore, scores, rows, new long[rows.size()]),
        gauc(byScore, scores, rows),
        means.logLoss(),
        means.normalizedEntropy(),
        means.calibration(),
        ece(byScore, rows),
        pairShare(byScore, scores, rows, positions(rows)),
        pairShare(GroupedAuc.ascending(truth, truth.length), truth, known, positions(known)),
        truthLoss(known, truth),
        recent(last));
  }

  private static Recent recent(QualityRows rows) {
    double[] scores = new double[rows.size()];
    Arrays.setAll(scores, i -> rows.predictions()[i]);
    Means means = Means.of(rows);
    return new Recent(
        rows.size(),
        pairShare(GroupedAuc.ascending(scores, rows.size()), scores, rows, new long[rows.size()]),
        means.logLoss(),
        means.calibration());
  }

  private static QualityRows withTrueProbability(QualityRows rows) {
    boolean[] known = new boolean[rows.size()];
    for (int i = 0; i < known.length; i++) {
      known[i] = !Double.isNaN(rows.trueProbabilities()[i]);
    }
    return rows.where(known);
  }

  private static long[] positions(QualityRows rows) {
    return Arrays.stream(rows.positions(), 0, rows.size()).asLongStream().toArray();
  }

  private static @Nullable Double pairShare(
      int[] byScore, double[] scores, QualityRows rows, long[] groups) {
    double[] sums = new double[2];
    GroupedAuc.visit(
        byScore,
        scores,
        rows.labels(),
        rows.weights(),
        groups,
        (group, right, pairs, weight) -> {
          sums[0] += right;
          sums[1] += pairs;
        });
    return ratio(sums[0], sums[1]);
  }

  private static @Nullable Double gauc(int[] byScore, double[] scores, QualityRows rows) {
    double[] sums = new double[2];
    GroupedAuc.visit(
        byScore,
        scores,
        rows.labels(),
        rows.weights(),
        rows.users(),
        (user, right, pairs, weight) -> {
          if (user != QualityRows.NO_USER) {
            sums[0] += weight * right / pairs;
            sums[1] += weight;
          }
        });
    return ratio(sums[0], sums[1]);
  }

  private static @Nullable Double ece(int[] byScore, QualityRows rows) {
    double error = 0;
    double weight = 0;
    for (int bin = 0; bin < BINS; bin++) {
      int from = (int) ((long) rows.size() * bin / BINS);
      int to = (int) ((long) rows.size() * (bin + 1) / BINS);
      double difference = 0;
      for (int k = from; k < to; k++) {
        int row = byScore[k];
        difference += rows.weights()[row] * ((double) rows.predictions()[row] - rows.labels()[row]);
        weight += rows.weights()[row];
      }
      error += Math.abs(difference);
    }
    return ratio(error, weight);
  }

  private static @Nullable Double truthLoss(QualityRows known, double[] truth) {
    double loss = 0;
    double weight = 0;
    for (int i = 0; i < known.size(); i++) {
      loss += known.weights()[i] * LogLoss.of(truth[i], known.labels()[i]);
      weight += known.weights()[i];
    }
    return ratio(loss, weight);
  }

  private static @Nullable Double ratio(double part, double whole) {
    return whole > 0 ? part / whole : null;
  }

  /** Weighted sums, from which the means follow. */
  private record Means(double weight, double labels, double predictions, double losses) {

    static Means of(QualityRows rows) {
      double weight = 0;
      double labels = 0;
      double predictions = 0;
      double losses = 0;
      for (int i = 0; i < rows.size(); i++) {
        double w = rows.weights()[i];
        weight += w;
        labels += w * rows.labels()[i];
        predictions += w * rows.predictions()[i];
        losses += w * LogLoss.of(rows.predictions()[i], rows.labels()[i]);
      }
      return new Means(weight, labels, predictions, losses);
    }

    @Nullable Double label() {
      return ratio(labels, weight);
    }

    @Nullable Double logLoss() {
      return ratio(losses, weight);
    }

    @Nullable Double calibration() {
      return ratio(predictions, labels);
    }

    /** Null for a single class, whose entropy is 0. */
    @Nullable Double normalizedEntropy() {
      boolean bothClasses = labels > 0 && labels < weight;
      return bothClasses ? losses / weight / LogLoss.entropy(labels / weight) : null;
    }
  }
}
