package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.metric.SlowQuality.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OnlineQualityTest {

  @Test
  void sinceTheStartItSaysWhatTheReportSays() {
    List<Row> rows = random(1, 3000);
    OnlineQuality.Figures figures = played(rows, 500).sinceStart();
    QualityReport report = QualityReport.of(new SlowQuality(rows).columns());
    assertThat(figures.baseRate()).isCloseTo(report.baseRate(), within(1e-9));
    assertThat(figures.logLoss()).isCloseTo(report.logLoss(), within(1e-9));
    assertThat(figures.normalizedEntropy()).isCloseTo(report.normalizedEntropy(), within(1e-9));
    assertThat(figures.calibration()).isCloseTo(report.calibration(), within(1e-9));
    // of a spread of several logits about 1 pair in 200 falls into one bin of 1/64
    assertThat(figures.auc()).isCloseTo(report.auc(), within(2e-3));
  }

  @Test
  void recentFiguresFadeByHalfInEveryHalfLife() {
    for (double halfLife : new double[] {1, 7.5, 100}) {
      List<Row> rows = random(2, 700);
      List<Row> faded =
          rows.stream()
              .map(
                  row ->
                      new Row(
                          row.label(),
                          row.weight() * Math.pow(0.5, (699 - row.index()) / halfLife),
                          row.prediction(),
                          0,
                          0,
                          0,
                          row.index()))
              .toList();
      SlowQuality slow = new SlowQuality(faded);
      OnlineQuality.Figures recent = played(rows, halfLife).recent();
      assertThat(recent.baseRate()).isCloseTo(slow.mean(Row::label), within(1e-9));
      assertThat(recent.logLoss()).isCloseTo(slow.logLoss(Row::prediction), within(1e-9));
      assertThat(recent.auc()).isCloseTo(slow.auc(Row::prediction), within(1e-2));
      assertThat(recent.calibration())
          .isCloseTo(slow.mean(Row::prediction) / slow.mean(Row::label), within(1e-9));
    }
  }

  @Test
  void aModelThatAlwaysSaysTheSameOrdersHalfOfThePairs() {
    OnlineQuality quality = new OnlineQuality();
    for (int i = 0; i < 100; i++) {
      quality.add(0.1f, i % 10 == 0 ? 1 : 0, 1);
    }
    assertThat(quality.sinceStart().auc()).isEqualTo(0.5);
    assertThat(quality.sinceStart().normalizedEntropy()).isCloseTo(1, within(1e-6));
  }

  @Test
  void aModelThatGetsWorseShowsInTheRecentFiguresFirst() {
    OnlineQuality quality = new OnlineQuality(100);
    for (int i = 0; i < 5000; i++) {
      quality.add(i % 2 == 0 ? 0.9f : 0.1f, i % 2 == 0 ? 1 : 0, 1);
    }
    for (int i = 0; i < 500; i++) {
      quality.add(i % 2 == 0 ? 0.1f : 0.9f, i % 2 == 0 ? 1 : 0, 1);
    }
    assertThat(quality.recent().auc()).isLessThan(0.1);
    assertThat(quality.sinceStart().auc()).isGreaterThan(0.8);
    assertThat(quality.recent().logLoss()).isGreaterThan(1.5);
    assertThat(quality.sinceStart().logLoss()).isLessThan(0.5);
  }

  @Test
  void savedAndResumedItGoesOnBitForBitWhereverItWasStopped() throws IOException {
    List<Row> rows = random(3, 400);
    for (double halfLife : new double[] {1, 50}) {
      byte[] unbroken = saved(played(rows, halfLife));
      for (int stop : new int[] {0, 1, 39, 41, 200, 400}) {
        byte[] first = saved(played(rows.subList(0, stop), halfLife));
        OnlineQuality second = resumed(first);
        assertThat(saved(second)).isEqualTo(first);
        play(second, rows.subList(stop, rows.size()));
        assertThat(saved(second)).as("half-life %s, stop %d", halfLife, stop).isEqualTo(unbroken);
      }
    }
  }

  @Test
  void itsStateStaysBounded() throws IOException {
    OnlineQuality quality = new OnlineQuality(100);
    Random random = new Random(4);
    for (int i = 0; i < 200_000; i++) {
      quality.add((float) (1 / (1 + Math.exp(-40 * random.nextGaussian()))), i % 2, 1);
    }
    assertThat(saved(quality).length).isLessThan(2 * (18 * AucHistogram.BINS + 64));
    assertThat(quality.metrics().values()).allMatch(value -> !value.isNaN() && !value.isInfinite());
  }

  @Test
  void metricsNameOnlyWhatCanBeMeasured() {
    OnlineQuality quality = new OnlineQuality();
    assertThat(quality.metrics()).containsOnlyKeys("examples").containsEntry("examples", 0.0);
    quality.add(0.2f, 0, 1);
    assertThat(quality.metrics())
        .containsOnlyKeys("examples", "baseRate", "logLoss", "recent.baseRate", "recent.logLoss");
    quality.add(0.6f, 1, 1);
    assertThat(quality.metrics())
        .containsKeys(
            "normalizedEntropy",
            "auc",
            "calibration",
            "recent.normalizedEntropy",
            "recent.auc",
            "recent.calibration")
        .containsEntry("auc", 1.0)
        .containsEntry("examples", 2.0);
    assertThat(quality.metrics().get("calibration")).isCloseTo(0.8, within(1e-7));
  }

  @Test
  void whatIsNoProbabilityOrNoLabelIsRefusedAndAddsNothing() throws IOException {
    OnlineQuality quality = new OnlineQuality();
    quality.add(0.2f, 0, 1);
    byte[] before = saved(quality);
    assertThatThrownBy(() -> quality.add(Float.NaN, 0, 1)).hasMessageContaining("got NaN");
    assertThatThrownBy(() -> quality.add(0.5f, 2, 1)).hasMessageContaining("label");
    assertThatThrownBy(() -> quality.add(0.5f, 1, Float.NaN)).hasMessageContaining("weight");
    assertThat(saved(quality)).isEqualTo(before);
  }

  @Test
  void aHalfLifeBelowOneExampleAndAnotherFormatAreRefused() {
    assertThatThrownBy(() -> new OnlineQuality(0.5)).hasMessageContaining(">= 1 example");
    assertThatThrownBy(() -> resumed(new byte[100])).hasMessageContaining("format 1, found 0");
  }

  private static List<Row> random(long seed, int count) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double p = 1 / (1 + Math.exp(1 - 1.5 * random.nextGaussian()));
      float prediction = (float) Math.min(0.999, p * (0.8 + 0.4 * random.nextDouble()));
      double weight = random.nextInt(3) == 0 ? 0.5 : 1;
      rows.add(new Row(random.nextDouble() < p ? 1 : 0, weight, prediction, 1, 1, p, i));
    }
    return rows;
  }

  private static OnlineQuality played(List<Row> rows, double halfLife) {
    OnlineQuality quality = new OnlineQuality(halfLife);
    play(quality, rows);
    return quality;
  }

  private static void play(OnlineQuality quality, List<Row> rows) {
    for (Row row : rows) {
      quality.add((float) row.prediction(), (float) row.label(), (float) row.weight());
    }
  }

  private static byte[] saved(OnlineQuality quality) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    quality.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static OnlineQuality resumed(byte[] saved) throws IOException {
    return OnlineQuality.resume(new DataInputStream(new ByteArrayInputStream(saved)));
  }
}
