package io.freshet.source.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.source.SourceChecks;
import io.freshet.source.Sources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures that results on the simulator rest on: what can be known, and what is too easy. */
class SimulatorFiguresTest {

  private static final int EVENTS = 300_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theShopIsNeitherTrivialNorHopeless(long seed) {
    ShopFigures figures =
        new ShopFigures(SourceChecks.take(Sources.open("simulator", seed).from(0), EVENTS));
    double knowable = figures.oracleAuc() - 0.5;

    assertThat(figures.oracleAuc()).as("oracle, within position").isBetween(0.70, 0.80);
    assertThat((figures.popularityAuc() - 0.5) / knowable).as("by popularity").isLessThan(0.40);
    assertThat((figures.regressionAuc() - 0.5) / knowable).as("by regression").isLessThan(0.65);
    assertThat(figures.regressionAuc()).as("regression learns").isGreaterThan(0.52);
    assertThat(figures.clickRate()).as("click rate").isBetween(0.03, 0.10);
    assertThat(figures.medianHistory()).as("median history").isGreaterThanOrEqualTo(10);
    assertThat(figures.shareOfItemsYoungerThanADay()).as("young items").isGreaterThan(0.10);
  }
}
