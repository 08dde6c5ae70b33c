package io.freshet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.bench.measure.GateSimulation.Poison;
import io.freshet.bench.measure.SmallWorld.Drift;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A short form of {@code ops/measure gate}, which takes 100,000 rounds. */
class GateSimulationTest {

  @ParameterizedTest
  @EnumSource
  void nothingIsRefusedWhereNothingIsWrongHoweverTheWorldDrifts(Drift drift) {
    assertThat(new GateSimulation(drift, 7).refusals(1_500)).isZero();
  }

  @Test
  void aTenthOfTheLabelsFlippedInTrainingIsFound() {
    for (long seed = 1; seed <= 5; seed++) {
      GateSimulation simulation = new GateSimulation(Drift.GRADUAL, seed);
      assertThat(simulation.delay(new Poison("flipped", 0.1, false, 0))).isBetween(2, 60);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GRADUAL"})
  void allLabelsFlippedAreFoundWithinFiveRoundsWhereverTheyAre(Drift drift) {
    assertThat(new GateSimulation(drift, 8).delay(new Poison("training", 1, false, 0)))
        .isBetween(1, 5);
    assertThat(new GateSimulation(drift, 8).delay(new Poison("stream", 1, true, 0)))
        .isBetween(1, 5);
  }
}
