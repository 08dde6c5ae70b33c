package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.metric.SlowQuality.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class QualityReportTest {

  private static final Offset<Double> ROUNDING = within(1e-9);

  @Test
  void everyFigureIsItsDefinition() {
    for (long seed = 0; seed < 5; seed++) {
      SlowQuality slow = new SlowQuality(random(seed, 311));
      QualityReport report = QualityReport.of(slow.columns());
      SlowQuality known = slow.where(row -> !Double.isNaN(row.truth()));
      SlowQuality last = slow.where(row -> row.index() >= 311 - 62);
      assertThat(report.examples()).isEqualTo(311);
      assertThat(report.baseRate()).isCloseTo(slow.mean(Row::label), ROUNDING);
      assertThat(report.auc()).isCloseTo(slow.auc(Row::prediction), ROUNDING);
      assertThat(report.gauc()).isCloseTo(slow.gauc(), ROUNDING);
      assertThat(report.logLoss()).isCloseTo(slow.logLoss(Row::prediction), ROUNDING);
      double rate = slow.mean(Row::label);
      assertThat(report.normalizedEntropy())
          .isCloseTo(slow.logLoss(Row::prediction) / slow.logLoss(row -> rate), ROUNDING);
      assertThat(report.calibration()).isCloseTo(slow.mean(Row::prediction) / rate, ROUNDING);
      assertThat(report.ece()).isCloseTo(slow.ece(), ROUNDING);
      assertThat(report.withinPositionAuc())
          .isCloseTo(slow.withinPositionAuc(Row::prediction), ROUNDING);
      assertThat(report.oracleWithinPositionAuc())
          .isCloseTo(known.withinPositionAuc(Row::truth), ROUNDING);
      assertThat(report.oracleLogLoss()).isCloseTo(known.logLoss(Row::truth), ROUNDING);
      assertThat(report.recent().examples()).isEqualTo(62);
      assertThat(report.recent().auc()).isCloseTo(last.auc(Row::prediction), ROUNDING);
      assertThat(report.recent().logLoss()).isCloseTo(last.logLoss(Row::prediction), ROUNDING);
    }
  }

  /** Rows with many ties, a few weights, some without a user or a true probability. */
  private static List<Row> random(long seed, int count) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double truth = 0.05 + 0.1 * random.nextInt(9);
      float prediction = (float) (Math.round((truth + 0.2 * random.nextGaussian()) * 20) / 20.0);
      rows.add(
          new Row(
              random.nextDouble() < truth ? 1 : 0,
              random.nextInt(4) == 0 ? 0.25 : 1,
              Math.max(0, Math.min(1, prediction)),
              random.nextInt(30),
              random.nextInt(5),
              random.nextInt(10) == 0 ? Double.NaN : truth,
              i));
    }
    return rows;
  }

  @Test
  void theFiguresOfFourRowsAreThoseDoneByHand() {
    QualityRows rows =
        new QualityRows.Builder()
            .add(0, 1, 0.1f, 1, 1, Double.NaN, 0)
            .add(1, 1, 0.4f, 1, 2, Double.NaN, 1)
            .add(0, 1, 0.4f, 2, 1, Double.NaN, 2)
            .add(1, 1, 0.8f, 2, 1, Double.NaN, 3)
            .build();
    QualityReport report = QualityReport.of(rows);
    // pairs: .4>.1, .4=.4, .8>.1, .8>.4
    assertThat(report.auc()).isCloseTo(3.5 / 4, ROUNDING);
    // both users order their only pair rightly
    assertThat(report.gauc()).isCloseTo(1, ROUNDING);
    // at position 1: .8>.1, .8>.4
    assertThat(report.withinPositionAuc()).isCloseTo(1, ROUNDING);
    assertThat(report.calibration()).isCloseTo(1.7 / 2, within(1e-7));
    double loss = -(Math.log(0.9) + Math.log(0.4) + Math.log(0.6) + Math.log(0.8)) / 4;
    assertThat(report.logLoss()).isCloseTo(loss, within(1e-7));
    assertThat(report.normalizedEntropy()).isCloseTo(loss / Math.log(2), within(1e-7));
    assertThat(report.oracleLogLoss()).isNull();
    assertThat(report.oracleWithinPositionAuc()).isNull();
    assertThat(report.recent().examples()).isZero();
    assertThat(report.recent().logLoss()).isNull();
  }

  @Test
  void whatOneClassCannotTellIsNull() {
    QualityReport report =
        QualityReport.of(
            new QualityRows.Builder()
                .add(0, 1, 0.2f, 1, 1, 0.1, 0)
                .add(0, 1, 0.3f, 1, 1, 0.2, 1)
                .build());
    assertThat(report.baseRate()).isZero();
    assertThat(report.logLoss()).isNotNull();
    assertThat(report.ece()).isCloseTo(0.25, within(1e-7));
    assertThat(report.auc()).isNull();
    assertThat(report.gauc()).isNull();
    assertThat(report.withinPositionAuc()).isNull();
    assertThat(report.oracleWithinPositionAuc()).isNull();
    assertThat(report.calibration()).isNull();
    assertThat(report.normalizedEntropy()).isNull();
  }

  @Test
  void withoutRowsEverythingButTheirNumberIsNull() {
    QualityReport report = QualityReport.of(new QualityRows.Builder().build());
    assertThat(report)
        .isEqualTo(
            new QualityReport(
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                new QualityReport.Recent(0, null, null, null)));
  }

  @Test
  void rowsWithoutWeightChangeNothing() {
    List<Row> rows = random(9, 100);
    QualityReport with =
        QualityReport.of(
            new SlowQuality(
                    rows.stream()
                        .map(
                            r ->
                                new Row(
                                    r.label(),
                                    r.index() % 3 == 0 ? 0 : r.weight(),
                                    r.prediction(),
                                    r.user(),
                                    r.position(),
                                    r.truth(),
                                    r.index()))
                        .toList())
                .columns());
    QualityReport without =
        QualityReport.of(new SlowQuality(rows).where(r -> r.index() % 3 != 0).columns());
    assertThat(with.auc()).isCloseTo(without.auc(), ROUNDING);
    assertThat(with.gauc()).isCloseTo(without.gauc(), ROUNDING);
    assertThat(with.logLoss()).isCloseTo(without.logLoss(), ROUNDING);
    assertThat(with.oracleWithinPositionAuc())
        .isCloseTo(without.oracleWithinPositionAuc(), ROUNDING);
  }

  @Test
  void aSureMistakeCostsMuchButNotInfinitelyMuch() {
    assertThat(LogLoss.of(0, 1)).isCloseTo(-Math.log(1e-7), ROUNDING);
    assertThat(LogLoss.of(1, 0)).isCloseTo(-Math.log(1e-7), within(1e-6));
    assertThat(LogLoss.of(1, 1)).isCloseTo(1e-7, within(1e-12));
    assertThatThrownBy(() -> LogLoss.of(Double.NaN, 1)).hasMessageContaining("got NaN");
  }

  @Test
  void columnsShorterThanTheRowsAreRefused() {
    assertThatThrownBy(
            () ->
                new QualityRows(
                    3,
                    new float[3],
                    new float[3],
                    new float[2],
                    new long[3],
                    new int[3],
                    new double[3],
                    new long[3]))
        .hasMessageContaining("length of the shortest column, 2, got 3");
  }

  @Test
  void sharesAreZeroAtThePriorAndOneAtTheOracle() {
    assertThat(Shares.recovered(0.35, 0.35, 0.29)).isZero();
    assertThat(Shares.recovered(0.29, 0.35, 0.29)).isEqualTo(1);
    assertThat(Shares.recovered(0.32, 0.35, 0.29)).isCloseTo(0.5, ROUNDING);
    assertThat(Shares.recovered(0.36, 0.35, 0.29)).isNegative();
    assertThat(Shares.recovered(0.3, 0.29, 0.29)).isNull();
    assertThat(Shares.aboveChance(0.6, 0.75)).isCloseTo(0.4, ROUNDING);
    assertThat(Shares.aboveChance(0.6, 0.5)).isNull();
  }
}
