package io.freshet.learning.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetectorTest {

  private static final double[] STAKES = {1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 0.9};
  private static final int SETTLING = 256;

  /** Past the blocks that only show the range, which is then {@code range}. */
  private static Detector settled(int block, double range) {
    Detector detector = new Detector(block);
    for (int i = 0; i < SETTLING * block; i++) {
      detector.add(i % (2 * block) < block ? range : -range, 0);
    }
    return detector;
  }

  @Test
  void evidenceIsTheMeanOfTheSumsAsThePaperWritesThem() {
    Random random = new Random(1);
    int block = 4;
    double range = 0.5;
    Detector detector = settled(block, range);
    double[] sums = new double[STAKES.length];
    for (int round = 0; round < 30; round++) {
      double[] factors = new double[STAKES.length];
      Arrays.fill(factors, 1);
      for (int i = 0; i < 3 + round; i++) {
        double mean = 0;
        for (int k = 0; k < block; k++) {
          double value = random.nextGaussian() * 0.8 + (round > 20 ? 0.4 : -0.1);
          detector.add(value, 0.01 * k);
          mean += value / block;
        }
        double x = Math.max(-1, (mean - 0.01 * 6 / block) / range);
        for (int s = 0; s < STAKES.length; s++) {
          factors[s] *= 1 + STAKES[s] * x;
        }
        double forgotten = range * Math.pow(2, -block / 65_536.0);
        range = Math.max(forgotten, Math.min(Math.abs(mean), Math.pow(1.25, block / 64.0) * range));
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
      Detector detector = settled(1, 0.1);
      int waited = 0;
      while (waited < 5_000 && detector.log() < threshold) {
        for (int i = 0; i < 8; i++) {
          detector.add(random.nextInt(10) == 0 ? 0.9 : -0.1, 0);
        }
        detector.endRound();
        waited++;
      }
      rounds += waited;
    }
    // Above the bound, because alarms overshoot; but not without end.
    assertThat(rounds / runs).isBetween(200L, 2_000L);
  }

  @Test
  void aRisenMeanIsFoundSoonAfterALongTimeBelowZero() {
    Random random = new Random(3);
    Detector detector = new Detector(16);
    for (int round = 0; round < 1_000; round++) {
      for (int i = 0; i < 256; i++) {
        detector.add(-0.02 + 0.1 * random.nextGaussian(), 0);
      }
      detector.endRound();
    }
    assertThat(detector.log()).isLessThan(2);
    int delay = 0;
    while (detector.log() < Math.log(300_000)) {
      for (int i = 0; i < 256; i++) {
        detector.add(0.05 + 0.1 * random.nextGaussian(), 0);
      }
      detector.endRound();
      delay++;
    }
    assertThat(delay).isLessThanOrEqualTo(4);
  }

  @Test
  void oneHugeBlockIsNoProofAndHidesLittleOfWhatFollows() {
    int block = 64;
    Detector detector = settled(block, 0.1);
    add(detector, block, 1e9);
    detector.endRound();
    assertThat(detector.log()).isLessThan(Math.log(100));
    detector.forget();
    add(detector, block, 0.5);
    detector.endRound();
    // 1 + λ · 0.5 / (1.25 · 0.1)
    double mean = Arrays.stream(STAKES).map(stake -> 1 + 4 * stake).average().orElseThrow();
    assertThat(detector.log()).isCloseTo(Math.log(mean), within(1e-3));
  }

  private static void add(Detector detector, int times, double value) {
    for (int i = 0; i < times; i++) {
      detector.add(value, 0);
    }
  }

  @Test
  void valuesThatHangTogetherWithinABlockAreOneObservation() {
    Random random = new Random(4);
    Detector detector = new Detector(64);
    double highest = 0;
    for (int round = 0; round < 2_000; round++) {
      for (int block = 0; block < 16; block++) {
        double shared = 0.3 * random.nextGaussian();
        for (int i = 0; i < 64; i++) {
          detector.add(shared + 0.01 * random.nextGaussian(), 0.01);
        }
      }
      detector.endRound();
      highest = Math.max(highest, detector.log());
    }
    assertThat(highest).isLessThan(8);
  }
}
