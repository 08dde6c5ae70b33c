package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.settings.InvalidSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FtrlProximalTest {

  /**
   * One coordinate by its definition: the w that minimises, over all gradients so far, Σ g·w + ½ Σ
   * σ·(w − w_s)² + l1·|w| + ½ (l2 + beta/alpha)·w², found by search.
   */
  private static final class SlowCoordinate {

    private final FtrlSettings settings;
    private final List<double[]> steps = new ArrayList<>();
    private double squares;

    SlowCoordinate(FtrlSettings settings) {
      this.settings = settings;
    }

    double weight() {
      double low = -100;
      double high = 100;
      for (int i = 0; i < 200; i++) {
        double a = low + (high - low) / 3;
        double b = high - (high - low) / 3;
        if (slope(a) > 0) {
          high = a;
        } else if (slope(b) < 0) {
          low = b;
        } else {
          low = a;
          high = b;
        }
      }
      return Math.abs(low) < 1e-9 ? 0 : low;
    }

    /** A subgradient of the objective at w. */
    private double slope(double w) {
      double slope =
          settings.l1() * Math.signum(w) + (settings.l2() + settings.beta() / settings.alpha()) * w;
      for (double[] step : steps) {
        slope += step[0] + step[1] * (w - step[2]);
      }
      return slope;
    }

    void add(double g) {
      double after = squares + g * g;
      steps.add(
          new double[] {g, (Math.sqrt(after) - Math.sqrt(squares)) / settings.alpha(), weight()});
      squares = after;
    }
  }

  @Test
  void everyWeightIsTheMinimumThatDefinesIt() {
    for (double l1 : new double[] {0, 0.3}) {
      FtrlSettings settings = new FtrlSettings(0.2, 1, l1, 0.5, 0, 4);
      FtrlProximal fast = new FtrlProximal(settings, 3);
      List<SlowCoordinate> slow =
          List.of(
              new SlowCoordinate(settings),
              new SlowCoordinate(settings),
              new SlowCoordinate(settings));
      Random random = new Random(5);
      ActiveInputs inputs = new ActiveInputs();
      for (int t = 0; t < 60; t++) {
        double slope = random.nextDouble() - 0.7;
        inputs.clear();
        for (int i = 0; i < 3; i++) {
          if (random.nextBoolean()) {
            double x = random.nextGaussian();
            inputs.add(i, x);
            slow.get(i).add(slope * x);
          }
        }
        fast.update(inputs, slope);
        for (int i = 0; i < 3; i++) {
          assertThat(fast.weight(i))
              .as("weight %d at %d", i, t)
              .isCloseTo(slow.get(i).weight(), within(1e-7));
        }
      }
      assertThat(Math.abs(fast.weight(0))).isGreaterThan(1e-3);
    }
  }

  @Test
  void aWeightStaysZeroUntilItsGradientsExceedL1() {
    FtrlProximal ftrl = new FtrlProximal(new FtrlSettings(0.1, 1, 1, 0, 0, 4), 1);
    ActiveInputs input = new ActiveInputs();
    input.add(0, 1);
    ftrl.update(input, -0.6);
    assertThat(ftrl.weight(0)).isZero();
    ftrl.update(input, -0.6);
    // z = −1.2, n = 0.72: (1.2 − 1) / ((1 + √0.72) / 0.1)
    assertThat(ftrl.weight(0)).isCloseTo(0.2 / ((1 + Math.sqrt(0.72)) / 0.1), within(1e-12));
  }

  @Test
  void aSumThatForgetsLearnsAChangeAfterManyUpdatesAsFastAsAfterFew() {
    double forgetfulAfterFew = weightMovedBy(20, 200);
    double forgetfulAfterMany = weightMovedBy(20, 20_000);
    double paperAfterMany = weightMovedBy(0, 20_000);
    assertThat(forgetfulAfterMany).isCloseTo(forgetfulAfterFew, within(0.05 * forgetfulAfterFew));
    assertThat(forgetfulAfterMany).isGreaterThan(5 * paperAfterMany);
  }

  /** How far ten equal gradients move a weight after {@code updates} of alternating ones. */
  private static double weightMovedBy(double halfLife, int updates) {
    FtrlProximal ftrl = new FtrlProximal(new FtrlSettings(0.1, 1, 0, 0, halfLife, 4), 1);
    ActiveInputs input = new ActiveInputs();
    input.add(0, 1);
    for (int i = 0; i < updates; i++) {
      ftrl.update(input, i % 2 == 0 ? 0.5 : -0.5);
    }
    double before = ftrl.weight(0);
    for (int i = 0; i < 10; i++) {
      ftrl.update(input, -0.5);
    }
    return ftrl.weight(0) - before;
  }

  @Test
  void settingsThatCannotWorkAreRefusedAllAtOnce() {
    assertThatThrownBy(() -> new FtrlSettings(0, 0, Double.NaN, 0, -1, 40))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("ftrl.alpha must be > 0 and finite, got 0.0")
        .hasMessageContaining("ftrl.l1 must be >= 0 and finite, got NaN")
        .hasMessageContaining("ftrl.halfLifeUpdates must be >= 0 and finite, got -1.0")
        .hasMessageContaining("beta > 0 or l2 > 0")
        .hasMessageContaining("ftrl.bits must be from 4 to 28, got 40");
  }
}
