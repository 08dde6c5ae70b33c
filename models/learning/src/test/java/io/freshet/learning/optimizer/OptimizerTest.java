package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {

  private static final long START = 1_700_000_000_000L;

  @Test
  void rowWiseAdagradIsItsFormula() {
    RowOptimizer adagrad = RowOptimizer.of(settings(OptimizerKind.ADAGRAD, 0.25, 0, 0));
    float[] values = {1, 2};
    float[] slots = new float[adagrad.slots(2)];
    float[] gradient = {3, 4};
    adagrad.update(values, 0, slots, 0, 2, gradient, 0, START);
    // G = (9 + 16) / 2; step = 0.25 / √12.5.
    double step = 0.25 / Math.sqrt(12.5);
    assertThat(values[0]).isCloseTo((float) (1 - 3 * step), within(1e-6f));
    assertThat(values[1]).isCloseTo((float) (2 - 4 * step), within(1e-6f));
    adagrad.update(values, 0, slots, 0, 2, gradient, 0, START);
    double second = 0.25 / Math.sqrt(25);
    assertThat(values[0]).isCloseTo((float) (1 - 3 * step - 3 * second), within(1e-6f));
  }

  @Test
  void aFlipIsLearntAsFastAfterAHundredThousandUpdatesAsAfterAThousandIfAccumulatorsForget() {
    assertThat(updatesUntilFlipIsLearnt(100, 100_000))
        .isLessThanOrEqualTo((int) (1.05 * updatesUntilFlipIsLearnt(100, 1_000)));
    assertThat(updatesUntilFlipIsLearnt(0, 100_000))
        .as("without forgetting")
        .isGreaterThan(3 * updatesUntilFlipIsLearnt(0, 1_000));
  }

  @Test
  void aRowsAccumulatorHalvesInEventTimeWhereThatIsAsked() {
    RowOptimizer adagrad = RowOptimizer.of(settings(OptimizerKind.ADAGRAD, 0.25, 0, 60_000));
    float[] values = new float[1];
    float[] slots = new float[adagrad.slots(1)];
    adagrad.update(values, 0, slots, 0, 1, new float[] {4}, 0, START);
    adagrad.update(values, 0, slots, 0, 1, new float[] {0}, 0, START + 60_000);
    assertThat(slots[0]).isCloseTo(8, within(1e-5f));
    adagrad.update(values, 0, slots, 0, 1, new float[] {0}, 0, START);
    assertThat(slots[0]).as("time that runs backwards").isCloseTo(8, within(1e-5f));
    adagrad.update(values, 0, slots, 0, 1, new float[] {0}, 0, START + 120_000);
    assertThat(slots[0]).isCloseTo(4, within(1e-5f));
  }

  @Test
  void adamTakesARowsFirstStepAtFullRateHoweverLateItComes() {
    RowOptimizer adam = RowOptimizer.of(settings(OptimizerKind.ADAM, 0.01, 0, 0));
    float[] values = new float[4];
    float[] slots = new float[2 * adam.slots(2)];
    for (int i = 0; i < 1_000; i++) {
      adam.update(values, 0, slots, 0, 2, new float[] {1, -1}, 0, START);
    }
    adam.update(values, 2, slots, adam.slots(2), 2, new float[] {0.001f, -5}, 0, START);
    assertThat(values[2]).isCloseTo(-0.01f, within(1e-5f));
    assertThat(values[3]).isCloseTo(0.01f, within(1e-5f));
  }

  @Test
  void denseAdamIsItsFormula() {
    DenseOptimizer adam = DenseOptimizer.of(settings(OptimizerKind.ADAM, 0.01, 0, 0));
    float[] values = {1};
    float[] slots = new float[adam.slots(1, 1)];
    double m = 0;
    double v = 0;
    double w = 1;
    for (int t = 1; t <= 5; t++) {
      double g = t - 2.5;
      adam.update(values, slots, new float[] {(float) g}, 0);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      w -= 0.01 * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
      assertThat(values[0]).isCloseTo((float) w, within(1e-5f));
    }
  }

  @Test
  void denseAdamTakesANewColumnsFirstStepAtFullRateHoweverOldTheOthersAre() {
    DenseOptimizer adam = DenseOptimizer.of(settings(OptimizerKind.ADAM, 0.01, 0, 0));
    float[] values = new float[4];
    float[] slots = new float[adam.slots(4, 2)];
    for (int i = 0; i < 1_000; i++) {
      adam.update(values, slots, new float[] {1, 1, -1, -1}, 0);
    }
    for (int row = 0; row < slots.length; row += 2) {
      slots[row + 1] = 0;
    }
    float[] before = values.clone();
    adam.update(values, slots, new float[] {1, 0.001f, -1, -5}, 0);
    assertThat(values[1] - before[1]).isCloseTo(-0.01f, within(1e-5f));
    assertThat(values[3] - before[3]).isCloseTo(0.01f, within(1e-5f));
    assertThat(values[0] - before[0]).isCloseTo(-0.01f, within(1e-5f));
  }

  @ParameterizedTest
  @EnumSource(OptimizerKind.class)
  void everyOptimiserFindsTheMinimumOfAParabola(OptimizerKind kind) {
    double rate = kind == OptimizerKind.ADAGRAD ? 0.3 : 0.05;
    RowOptimizer rows = RowOptimizer.of(settings(kind, rate, 0, 0));
    DenseOptimizer dense = DenseOptimizer.of(settings(kind, rate, 0, 0));
    float[] row = {2, -1};
    float[] tensor = {2, -1};
    float[] rowSlots = new float[rows.slots(2)];
    float[] tensorSlots = new float[dense.slots(2, 2)];
    for (int t = 1; t <= 2_000; t++) {
      rows.update(row, 0, rowSlots, 0, 2, slope(row), 0, START);
      dense.update(tensor, tensorSlots, slope(tensor), 0);
    }
    assertThat(row).containsExactly(new float[] {1, 3}, within(0.01f));
    assertThat(tensor).containsExactly(new float[] {1, 3}, within(0.01f));
  }

  /** Of (x − 1)² / 2 + (y − 3)² / 2. */
  private static float[] slope(float[] at) {
    return new float[] {at[0] - 1, at[1] - 3};
  }

  /** A row's value follows a target of 1, which then becomes −1. */
  private static int updatesUntilFlipIsLearnt(double halfLife, int before) {
    RowOptimizer adagrad = RowOptimizer.of(settings(OptimizerKind.ADAGRAD, 0.05, halfLife, 0));
    float[] value = new float[1];
    float[] slots = new float[adagrad.slots(1)];
    for (int i = 0; i < before; i++) {
      // A noisy gradient: even at its target a row never comes to rest.
      float noise = i % 2 == 0 ? 0.5f : -0.5f;
      adagrad.update(value, 0, slots, 0, 1, new float[] {value[0] - 1 + noise}, 0, START);
    }
    int updates = 0;
    while (value[0] > -0.5f) {
      float noise = updates % 2 == 0 ? 0.5f : -0.5f;
      adagrad.update(value, 0, slots, 0, 1, new float[] {value[0] + 1 + noise}, 0, START);
      updates++;
    }
    return updates;
  }

  private static Optimizer settings(
      OptimizerKind kind, double rate, double halfLifeUpdates, long halfLifeMs) {
    return new Optimizer(kind, rate, halfLifeUpdates, halfLifeMs, 0, 0);
  }
}
