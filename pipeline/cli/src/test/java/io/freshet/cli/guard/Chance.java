package io.freshet.cli.guard;

import io.freshet.learning.metric.QualityReport;
import io.freshet.learning.metric.QualityRows;

/**
 * How far an AUC lies from what scores without information get.
 *
 * @param standardError that of Mann and Whitney for scores that are independent of the labels,
 *     sqrt((n + 1) / (12 · positives · negatives)); ties only make it smaller
 */
record Chance(double auc, double standardError) {

  static Chance of(QualityRows rows) {
    Double auc = QualityReport.of(rows).auc();
    if (auc == null) {
      throw new IllegalArgumentException("rows must hold both labels to have an AUC");
    }
    double positives = 0;
    for (int i = 0; i < rows.size(); i++) {
      positives += rows.labels()[i];
    }
    double pairs = positives * (rows.size() - positives);
    return new Chance(auc, Math.sqrt((rows.size() + 1) / (12 * pairs)));
  }

  /** Standard errors above 1/2. */
  double z() {
    return (auc - 0.5) / standardError;
  }
}
