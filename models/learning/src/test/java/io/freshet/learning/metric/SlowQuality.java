package io.freshet.learning.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The figures of {@link QualityReport} by their definitions: every pair of rows is looked at. */
final class SlowQuality {

  record Row(
      double label,
      double weight,
      double prediction,
      long user,
      int position,
      double truth,
      int index) {}

  private final List<Row> rows;

  SlowQuality(List<Row> rows) {
    this.rows = rows;
  }

  SlowQuality where(Predicate<Row> chosen) {
    return new SlowQuality(rows.stream().filter(chosen).toList());
  }

  double mean(ToDoubleFunction<Row> value) {
    double sum = 0;
    double weight = 0;
    for (Row row : rows) {
      sum += row.weight * value.applyAsDouble(row);
      weight += row.weight;
    }
    return sum / weight;
  }

  double logLoss(ToDoubleFunction<Row> probability) {
    return mean(row -> -Math.log(row.label > 0.5 ? p(probability, row) : 1 - p(probability, row)));
  }

  private static double p(ToDoubleFunction<Row> probability, Row row) {
    return Math.max(1e-7, Math.min(1 - 1e-7, probability.applyAsDouble(row)));
  }

  double auc(ToDoubleFunction<Row> score) {
    return share(score, (a, b) -> true);
  }

  double withinPositionAuc(ToDoubleFunction<Row> score) {
    return share(score, (a, b) -> a.position == b.position);
  }

  private interface Pair {
    boolean counts(Row positive, Row negative);
  }

  private double share(ToDoubleFunction<Row> score, Pair pair) {
    double right = 0;
    double all = 0;
    for (Row a : rows) {
      for (Row b : rows) {
        if (a.label > b.label && pair.counts(a, b)) {
          double w = a.weight * b.weight;
          double difference = score.applyAsDouble(a) - score.applyAsDouble(b);
          right += difference > 0 ? w : difference == 0 ? w / 2 : 0;
          all += w;
        }
      }
    }
    return right / all;
  }

  double gauc() {
    Map<Long, List<Row>> users = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.user != QualityRows.NO_USER) {
        users.computeIfAbsent(row.user, u -> new ArrayList<>()).add(row);
      }
    }
    double sum = 0;
    double weight = 0;
    for (List<Row> own : users.values()) {
      double auc = new SlowQuality(own).auc(Row::prediction);
      if (!Double.isNaN(auc)) {
        double impressions = own.stream().mapToDouble(Row::weight).sum();
        sum += impressions * auc;
        weight += impressions;
      }
    }
    return sum / weight;
  }

  double ece() {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(Row::prediction).thenComparingInt(Row::index));
    double error = 0;
    double all = 0;
    for (int bin = 0; bin < 10; bin++) {
      List<Row> own = sorted.subList(sorted.size() * bin / 10, sorted.size() * (bin + 1) / 10);
      double weight = own.stream().mapToDouble(Row::weight).sum();
      SlowQuality quality = new SlowQuality(own);
      error += weight * Math.abs(quality.mean(Row::prediction) - quality.mean(Row::label));
      all += weight;
    }
    return error / all;
  }

  QualityRows columns() {
    QualityRows.Builder builder = new QualityRows.Builder();
    for (Row row : rows) {
      builder.add(
          (float) row.label,
          (float) row.weight,
          (float) row.prediction,
          row.user,
          row.position,
          row.truth,
          row.index);
    }
    return builder.build();
  }
}
