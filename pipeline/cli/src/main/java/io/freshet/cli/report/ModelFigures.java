package io.freshet.cli.report;

import io.freshet.learning.metric.OnlineQuality;
import io.freshet.learning.metric.QualityReport;
import io.freshet.learning.metric.QualityRows;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.scoring.feature.Ids;
import org.jspecify.annotations.Nullable;

/** A model's entry of the report, from what it said and what its log holds. */
final class ModelFigures {

  private ModelFigures() {}

  /** Exact figures of all rows; reads the model's file once and holds its columns meanwhile. */
  static RunReport.Model exact(
      EvaluationStore store, EvaluationStore.Figures of, @Nullable LogTotals log) {
    QualityReport report = QualityReport.of(rows(store, of.model()));
    return model(
        of,
        log,
        report.baseRate(),
        report.auc(),
        report.gauc(),
        report.logLoss(),
        report.normalizedEntropy(),
        report.calibration(),
        report.ece(),
        report.withinPositionAuc(),
        report.oracleWithinPositionAuc(),
        report.oracleLogLoss(),
        new RunReport.Recent(
            report.recent().examples(), report.recent().auc(), report.recent().logLoss()));
  }

  /** What is known while a run goes on, without reading the rows again. */
  static RunReport.Model sketch(EvaluationStore.Figures of, @Nullable LogTotals log) {
    OnlineQuality.Figures all = of.sinceStart();
    return model(
        of,
        log,
        all.baseRate(),
        all.auc(),
        null,
        all.logLoss(),
        all.normalizedEntropy(),
        all.calibration(),
        null,
        null,
        null,
        null,
        new RunReport.Recent(null, null, null));
  }

  private static RunReport.Model model(
      EvaluationStore.Figures of,
      @Nullable LogTotals log,
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
      RunReport.Recent recent) {
    return new RunReport.Model(
        of.model(),
        of.family(),
        log == null ? null : log.engine(),
        log == null ? null : log.version(),
        of.step(),
        log == null ? null : log.epoch(),
        log == null ? null : log.parameters(),
        log == null ? null : log.tableRows(),
        log == null ? null : log.anchors(),
        log == null ? null : log.deltas(),
        log == null ? null : log.bytesPerDelta(),
        log == null ? null : log.bytesPerAnchor(),
        log == null ? null : log.stateHash(),
        of.examples(),
        baseRate,
        auc,
        gauc,
        logLoss,
        normalizedEntropy,
        calibration,
        ece,
        withinPositionAuc,
        oracleWithinPositionAuc,
        oracleLogLoss,
        null,
        of.ndcg10(),
        of.mrr10(),
        recent,
        log == null ? null : log.gate());
  }

  static RunReport.Model withBaseline(RunReport.Model m, @Nullable Double logLoss) {
    return new RunReport.Model(
        m.name(),
        m.family(),
        m.engine(),
        m.version(),
        m.step(),
        m.epoch(),
        m.parameters(),
        m.tableRows(),
        m.anchors(),
        m.deltas(),
        m.bytesPerDelta(),
        m.bytesPerAnchor(),
        m.stateHash(),
        m.examples(),
        m.baseRate(),
        m.auc(),
        m.gauc(),
        m.logLoss(),
        m.normalizedEntropy(),
        m.calibration(),
        m.ece(),
        m.withinPositionAuc(),
        m.oracleWithinPositionAuc(),
        m.oracleLogLoss(),
        logLoss,
        m.ndcg10(),
        m.mrr10(),
        m.recent(),
        m.gate());
  }

  private static QualityRows rows(EvaluationStore store, String model) {
    QualityRows.Builder rows = new QualityRows.Builder();
    store.read(
        model,
        evaluation -> {
          for (EvaluationRow row : evaluation.getRows()) {
            String user = row.getUserId();
            Double truth = row.getTrueProbability();
            rows.add(
                row.getLabel(),
                row.getWeight(),
                row.getPrediction(),
                user == null ? QualityRows.NO_USER : Ids.of(user),
                row.getPosition(),
                truth == null ? Double.NaN : truth,
                row.getReadyTime());
          }
        });
    return rows.build();
  }
}
