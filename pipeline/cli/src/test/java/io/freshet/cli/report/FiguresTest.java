package io.freshet.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.cli.feed.SourceClock;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void percentilesAreWithinTwoPercentOfTheValuesTheyStandFor() {
    Percentiles percentiles = new Percentiles();
    assertThat(percentiles.at(0.5)).isNull();
    for (int i = 1; i <= 10_000; i++) {
      percentiles.add(i);
    }
    assertThat(percentiles.at(0.5)).isCloseTo(5_000, within(100.0));
    assertThat(percentiles.at(0.99)).isCloseTo(9_900, within(160.0));
    assertThat(percentiles.at(1)).isCloseTo(10_000, within(160.0));
    percentiles.add(Long.MAX_VALUE);
    assertThat(percentiles.at(1)).isGreaterThan(9e18);
  }

  @Test
  void aTimeCurveStaysBoundedAndLateByAtMostTheDistanceOfItsPoints() {
    TimeCurve curve = new TimeCurve();
    int points = 300_000;
    for (int i = 0; i < points; i++) {
      curve.reached(10L * i, i, 2L * i);
    }
    curve.reached(5, 99, 99);
    for (int i = 0; i < points - 20; i += 997) {
      long wall = curve.firstAtOrAfter(10L * i).orElseThrow();
      assertThat(wall).isBetween((long) i, i + 16L);
      assertThat(curve.countAt(10L * i)).isBetween(2L * (i - 16), 2L * i);
    }
    assertThat(curve.firstAtOrAfter(10L * points)).isEmpty();
    assertThat(curve.firstAtOrAfter(-7)).isEqualTo(OptionalLong.of(0));
  }

  @Test
  void aSourceClockKnowsNothingOfWhatWasBeforeItsFirstPromise() {
    SourceClock clock = new SourceClock();
    assertThat(clock.wallTimeOf(5)).isEmpty();
    clock.reached(1_000, 50, 1);
    clock.reached(2_000, 70, 9);
    assertThat(clock.wallTimeOf(999)).isEmpty();
    assertThat(clock.wallTimeOf(1_000)).hasValue(50);
    assertThat(clock.wallTimeOf(1_001)).hasValue(70);
    assertThat(clock.wallTimeOf(2_001)).isEmpty();
    assertThat(clock.sentUpTo(1_999)).isEqualTo(1);
  }

  @Test
  void stalenessGrowsWithTheSourceAndStopsWhereTheSourceDoes() {
    SourceClock clock = new SourceClock();
    clock.reached(1_000, 50, 1);
    clock.reached(2_000, 70, 2);
    assertThat(clock.staleness(1_000, 90, 500)).hasValue(40);
    assertThat(clock.staleness(2_000, 90, 500)).hasValue(0);
    assertThat(clock.staleness(1_000, 10_000, 500)).hasValue(20);
    assertThat(clock.staleness(10, 90, 500)).isEmpty();
  }

  @Test
  void anExampleIsServedByTheFirstScoreOfAVersionThatLearntIt() {
    SourceClock clock = new SourceClock();
    for (int i = 0; i <= 10; i++) {
      clock.reached(100L * i, 1_000 + i, i);
    }
    ServedFreshness freshness = new ServedFreshness(clock);
    freshness.learnt("din", 300);
    assertThat(freshness.delays().count()).isZero();
    freshness.served("din", 299, 1_002);
    freshness.served("base", 1_000, 1_030);
    assertThat(freshness.delays().count()).isZero();
    freshness.served("din", 500, 1_033);
    assertThat(freshness.delays().count()).isEqualTo(1);
    assertThat(freshness.delays().at(1)).isEqualTo(30);
    freshness.learnt("din", 400);
    assertThat(freshness.delays().count()).isEqualTo(2);
  }

  @Test
  void whatWasReadyBeforeTheFirstScoreBelongsToTheStart() {
    SourceClock clock = new SourceClock();
    clock.reached(0, 1_000, 0);
    clock.reached(300, 1_003, 1);
    clock.reached(400, 1_100, 2);
    ServedFreshness freshness = new ServedFreshness(clock);
    freshness.learnt("din", 300);
    freshness.served("din", 350, 1_050);
    assertThat(freshness.delays().count()).isZero();
    freshness.learnt("din", 400);
    freshness.served("din", 400, 1_110);
    assertThat(freshness.delays().count()).isEqualTo(1);
  }

  @Test
  void whatWasReadyBeforeThisRunIsNotMeasured() {
    SourceClock clock = new SourceClock();
    clock.reached(500, 1_000, 1);
    ServedFreshness freshness = new ServedFreshness(clock);
    freshness.learnt("din", 300);
    freshness.served("din", 600, 2_000);
    assertThat(freshness.delays().count()).isZero();
  }
}
