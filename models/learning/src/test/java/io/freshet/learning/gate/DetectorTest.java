package io.freshet.learning.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetectorTest {

  private static final double[] STAKES = {1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 0.9};

  @Test
  void evidenceIsTheMeanOfTheSumsAsThePaperWritesThem() {
    Random random = new Random(1);
    Detector detector = new Detector();
    double[] sums = new double[STAKES.length];
    for (int round = 0; round < 30; round++) {
      double[] factors = new double[STAKES.length];
      Arrays.fill(factors, 1);
      for (int i = 0; i < 10 + round * 5; i++) {
        double value = random.nextGaussian() * 0.4 + (round > 20 ? 0.1 : -0.05);
        value = Math.max(-1, value);
        detector.add(value);
        for (int s = 0; s < STAKES.length; s++) {
          factors[s] *= 1 + STAKES[s] * value;
        }
      }
      detector.endRound();
      for (int s = 0; s < STAKES.length; s++) {
        sums[s] = (sums[s] + 1) * factors[s];
      }
      double mean = Arrays.stream(sums).sum() / STAKES.length;
      assertThat(detector.log()).isCloseTo(Math.log(mean), within(1e-9));
    }
  }

  /** The bound holds for any distribution whose mean is 0: here few large and many small values. */
  @Test
  void aFalseAlarmTakesAtLeastAsManyRoundsAsItShouldOnAverage() {
    double threshold = Math.log(200);
    Random random = new Random(2);
    long rounds = 0;
    int runs = 200;
    for (int run = 0; run < runs; run++) {
      Detector detector = new Detector();
      int waited = 0;
      while (waited < 5_000 && detector.log() < threshold) {
        for (int i = 0; i < 8; i++) {
          detector.add(random.nextInt(10) == 0 ? 0.9 : -0.1);
        }
        detector.endRound();
        waited++;
      }
      rounds += waited;
    }
    // Several times the bound here; it is not reached because alarms overshoot.
    assertThat(rounds / runs).isBetween(200L, 2_000L);
  }

  @Test
  void aRisenMeanIsFoundSoonAfterALongTimeBelowZero() {
    Random random = new Random(3);
    Detector detector = new Detector();
    for (int round = 0; round < 1_000; round++) {
      for (int i = 0; i < 100; i++) {
        detector.add(-0.02 + 0.1 * random.nextGaussian());
      }
      detector.endRound();
    }
    assertThat(detector.log()).isLessThan(2);
    int delay = 0;
    while (detector.log() < Math.log(300_000)) {
      for (int i = 0; i < 100; i++) {
        detector.add(0.05 + 0.1 * random.nextGaussian());
      }
      detector.endRound();
      delay++;
    }
    assertThat(delay).isLessThanOrEqualTo(5);
  }

  @Test
  void whatWouldRuinABetIsRefusedAndOneHugeValueIsNoProof() {
    Detector detector = new Detector();
    assertThatThrownBy(() -> detector.add(-1.01)).hasMessageContaining("at least -1, got -1.01");
    assertThatThrownBy(() -> detector.add(Double.NaN)).hasMessageContaining("got NaN");
    detector.add(1e9);
    detector.endRound();
    assertThat(detector.log()).isLessThan(2);
  }
}
