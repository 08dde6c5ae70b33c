package io.freshet.learning.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {

  private static final long HOUR = 3_600_000;

  private record Row(long time, long user, double difference) {}

  /** Users who differ, who come in sessions, and whose hours have ups and downs in common. */
  private static final class Traffic {

    private final Random random;
    private final double effect;
    private final double[] ofUser = new double[50];

    Traffic(long seed, double effect) {
      this.random = new Random(seed);
      this.effect = effect;
      Arrays.setAll(ofUser, u -> 0.2 * random.nextGaussian());
      double mean = Arrays.stream(ofUser).average().orElseThrow();
      Arrays.setAll(ofUser, u -> ofUser[u] - mean);
    }

    List<Row> hour(int hour) {
      List<Row> rows = new ArrayList<>();
      double ofHour = 0.05 * random.nextGaussian();
      for (int session = 0; session < 10; session++) {
        int user = random.nextInt(ofUser.length);
        double ofSession = 0.3 * random.nextGaussian();
        for (int i = 0; i < 8; i++) {
          double difference =
              effect + ofUser[user] + ofHour + ofSession + 0.5 * random.nextGaussian();
          rows.add(new Row(hour * HOUR + i, user + 1L, difference));
        }
      }
      return rows;
    }
  }

  private static void add(PairedComparison comparison, List<Row> rows) {
    for (Row row : rows) {
      comparison.add(row.time(), row.user(), 1 + row.difference(), 1);
    }
  }

  @Test
  void whoLooksAfterEveryBlockIsMisledInOneOfTwentyRunsAtMost() {
    int runs = 200;
    int misled = 0;
    int misledByAnInterval = 0;
    for (int run = 0; run < runs; run++) {
      Traffic traffic = new Traffic(run, 0.1);
      PairedComparison comparison = new PairedComparison(HOUR, 0.95);
      List<Double> means = new ArrayList<>();
      boolean excluded = false;
      boolean excludedByAnInterval = false;
      for (int hour = 0; hour < 200; hour++) {
        List<Row> rows = traffic.hour(hour);
        means.add(rows.stream().mapToDouble(Row::difference).average().orElseThrow());
        add(comparison, rows);
        Standing standing = comparison.standing();
        excluded |= standing.low() > 0.1 || standing.high() < 0.1;
        excludedByAnInterval |= hour >= 10 && fixedTimeIntervalExcludes(means, 0.1);
      }
      misled += excluded ? 1 : 0;
      misledByAnInterval += excludedByAnInterval ? 1 : 0;
    }
    // 10 at most are expected; more than 20 has a probability below 0.002
    assertThat(misled).isLessThanOrEqualTo(20);
    assertThat(misledByAnInterval).as("an interval for one look").isGreaterThan(40);
  }

  private static boolean fixedTimeIntervalExcludes(List<Double> means, double truth) {
    int n = means.size();
    double mean = means.stream().mapToDouble(x -> x).average().orElseThrow();
    double squares = means.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return Math.abs(mean - truth) > 1.96 * Math.sqrt(squares / (n - 1) / n);
  }

  @Test
  void aDifferenceIsFoundInFavourOfTheRightModelAndStaysFound() {
    for (double effect : new double[] {-0.2, 0.2}) {
      PairedComparison comparison = new PairedComparison(HOUR, 0.95);
      Traffic traffic = new Traffic(7, effect);
      int found = 0;
      for (int hour = 0; hour < 200; hour++) {
        add(comparison, traffic.hour(hour));
        Standing standing = comparison.standing();
        assertThat(effect > 0 ? standing.firstIsBetter() : standing.secondIsBetter()).isFalse();
        found += standing.firstIsBetter() || standing.secondIsBetter() ? 1 : 0;
      }
      assertThat(found).isGreaterThan(120);
      assertThat(comparison.standing().mean()).isCloseTo(effect, within(0.05));
      assertThat(comparison.standing().blocks()).isEqualTo(199);
      assertThat(comparison.standing().rows()).isEqualTo(199 * 80);
      assertThat(comparison.standing().until()).isEqualTo(199 * HOUR);
    }
  }

  @Test
  void intervalIsThatOfThePaperOverTheRowsThemselves() {
    PairedComparison comparison = new PairedComparison(HOUR, 0.9);
    Traffic traffic = new Traffic(5, 0.3);
    List<Row> all = new ArrayList<>();
    double rhoSquared = 0;
    for (int hour = 0; hour < 60; hour++) {
      List<Row> rows = traffic.hour(hour);
      add(comparison, rows);
      Standing standing = comparison.standing();
      if (all.isEmpty()) {
        assertThat(standing.high()).isInfinite();
        all.addAll(rows);
        continue;
      }
      double mean = all.stream().mapToDouble(Row::difference).average().orElseThrow();
      double variance = Math.max(variance(all, mean, true), variance(all, mean, false));
      long visits =
          all.stream().map(row -> row.time() / HOUR * 1_000 + row.user()).distinct().count();
      if (rhoSquared == 0 && hour >= 10 && visits >= 100) {
        double log = -2 * Math.log(0.1);
        rhoSquared = (log + Math.log(log) + 1) / (10 * variance);
      }
      assertThat(standing.mean()).isCloseTo(mean, within(1e-12));
      assertThat(standing.visits()).isEqualTo(visits);
      if (rhoSquared > 0) {
        double scaled = variance * rhoSquared + 1;
        double half =
            Math.sqrt(2 * scaled / rhoSquared * Math.log(Math.sqrt(scaled) / 0.1)) / all.size();
        assertThat(standing.low()).isCloseTo(mean - half, within(1e-9));
        assertThat(standing.high()).isCloseTo(mean + half, within(1e-9));
      } else {
        assertThat(standing.low()).isInfinite();
      }
      all.addAll(rows);
    }
    assertThat(rhoSquared).isPositive();
  }

  private static double variance(List<Row> rows, double mean, boolean byUser) {
    Map<String, double[]> clusters = new HashMap<>();
    for (Row row : rows) {
      String key = row.time() / HOUR + (byUser ? "/" + row.user() : "");
      double[] cluster = clusters.computeIfAbsent(key, k -> new double[1]);
      cluster[0] += row.difference() - mean;
    }
    return clusters.values().stream().mapToDouble(c -> c[0] * c[0]).sum();
  }

  @Test
  void rowsWithoutAUserAreVisitsOfTheirOwnAndLateRowsCountInTheOpenBlock() {
    PairedComparison comparison = new PairedComparison(HOUR, 0.95);
    assertThat(comparison.add(5, 0, 1, 0)).isFalse();
    assertThat(comparison.add(6, 0, 1, 0)).isFalse();
    assertThat(comparison.add(7, 9, 1, 0)).isFalse();
    assertThat(comparison.standing().rows()).as("nothing is closed").isZero();
    assertThat(comparison.add(3 * HOUR, 9, 1, 0)).isTrue();
    assertThat(comparison.add(8, 9, 5, 0)).as("late").isFalse();
    assertThat(comparison.standing())
        .isEqualTo(
            new Standing(1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 3, 3, 1, HOUR));
    assertThat(comparison.add(4 * HOUR, 9, 1, 0)).isTrue();
    assertThat(comparison.standing().rows()).isEqualTo(5);
    assertThat(comparison.standing().visits()).isEqualTo(4);
    assertThat(comparison.standing().until()).isEqualTo(4 * HOUR);
  }

  @Test
  void equalModelsAreNeverToldApart() {
    PairedComparison comparison = new PairedComparison(HOUR, 0.95);
    for (int i = 0; i < 500; i++) {
      comparison.add(i * HOUR, i % 7, 0.3, 0.3);
    }
    assertThat(comparison.standing().firstIsBetter()).isFalse();
    assertThat(comparison.standing().secondIsBetter()).isFalse();
  }

  @Test
  void goesOnBitForBitWhereverItWasSaved() throws IOException {
    PairedComparison unbroken = new PairedComparison(HOUR, 0.95);
    PairedComparison resumed = new PairedComparison(HOUR, 0.95);
    Random random = new Random(2);
    for (int i = 0; i < 3_000; i++) {
      long time = i * HOUR / 40;
      long user = random.nextInt(10);
      double loss = random.nextDouble();
      unbroken.add(time, user, loss, 0.4);
      resumed.add(time, user, loss, 0.4);
      if (i % 97 == 0) {
        resumed =
            PairedComparison.resume(new DataInputStream(new ByteArrayInputStream(saved(resumed))));
        assertThat(saved(resumed)).isEqualTo(saved(unbroken));
      }
      assertThat(resumed.standing()).isEqualTo(unbroken.standing());
    }
    assertThat(unbroken.standing().high()).isFinite();
  }

  private static byte[] saved(PairedComparison comparison) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    comparison.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    PairedComparison comparison = new PairedComparison(HOUR, 0.95);
    assertThatThrownBy(() -> comparison.add(0, 1, Double.NaN, 1))
        .hasMessage("losses must be finite, got NaN and 1.0");
    assertThatThrownBy(() -> new PairedComparison(0, 0.95)).hasMessageContaining("at least 1 ms");
    assertThatThrownBy(() -> new PairedComparison(1, 1)).hasMessageContaining("below 1, got 1.0");
  }
}
