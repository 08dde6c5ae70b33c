package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionEffectsTest {

  private static final int POSITIONS = 5;
  private static final double[] TRUTH = {1, 0.6, 0.45, 0.3, 0.2};
  private static final double LARGEST_ERROR = 0.2;

  /** Looks by position, then clicks by position, of every pair. */
  private final List<float[]> pairs = new ArrayList<>();

  /** A ranker that knows what attracts, and every now and then a page out of order. */
  private void draw(Random random, int pages, double moved) {
    float[][] drawn = new float[40][2 * POSITIONS];
    for (int page = 0; page < pages; page++) {
      int first = 8 * random.nextInt(5);
      for (int k = 0; k < POSITIONS; k++) {
        boolean elsewhere = random.nextDouble() < moved;
        int document = first + (elsewhere ? random.nextInt(8) : k);
        double attraction = 0.9 - 0.1 * (document - first);
        drawn[document][k]++;
        drawn[document][POSITIONS + k] += random.nextDouble() < TRUTH[k] * attraction ? 1 : 0;
      }
    }
    pairs.addAll(List.of(drawn));
  }

  private PositionEffects effects() {
    PositionEffects effects = new PositionEffects(POSITIONS);
    pairs.forEach(pair -> effects.add(pair, 0, 1));
    return effects;
  }

  private PositionEffects.Estimate estimate() {
    return effects().estimate(new double[POSITIONS]);
  }

  /** Zermelo's iteration: θ_k = clicks at k / Σ_p of clicks of p × looks at k / Σ looks·θ. */
  private double[] iterated() {
    double[] theta = new double[POSITIONS];
    Arrays.fill(theta, 1);
    for (int sweep = 0; sweep < 5_000; sweep++) {
      double[] clicks = new double[POSITIONS];
      double[] expected = new double[POSITIONS];
      for (float[] pair : pairs) {
        double all = 0;
        double reach = 0;
        for (int k = 0; k < POSITIONS; k++) {
          all += pair[POSITIONS + k];
          reach += pair[k] * theta[k];
          clicks[k] += pair[POSITIONS + k];
        }
        for (int k = 0; k < POSITIONS && reach > 0; k++) {
          expected[k] += all * pair[k] / reach;
        }
      }
      for (int k = 0; k < POSITIONS; k++) {
        theta[k] = clicks[k] / expected[k];
      }
    }
    double first = theta[0];
    return Arrays.stream(theta).map(value -> value / first).toArray();
  }

  @Test
  void theEstimateIsThatOfZermelosIteration() {
    draw(new Random(1), 4_000, 0.2);
    double[] slow = iterated();
    PositionEffects.Estimate estimate = estimate();
    for (int k = 0; k < POSITIONS; k++) {
      assertThat(estimate.logs()[k] - estimate.logs()[0])
          .as("position %d", k + 1)
          .isEqualTo(Math.log(slow[k]), within(1e-4));
    }
  }

  @Test
  void whereEstimatesStartFromChangesNothing() {
    draw(new Random(2), 2_000, 0.2);
    double[] far = {3, -4, 2, -1, 6};
    double[] known = effects().estimate(far).known(1);
    assertThat(known).containsExactly(estimate().known(1), within(1e-6));
  }

  @Test
  void theTruthLiesWithinTwoStandardErrorsOfNineteenEstimatesInTwenty() {
    int within = 0;
    int streams = 60;
    for (int seed = 1; seed <= streams; seed++) {
      pairs.clear();
      draw(new Random(seed), 1_500, 0.2);
      PositionEffects.Estimate estimate = estimate();
      int reference = estimate.reference();
      for (int k = 0; k < POSITIONS; k++) {
        double miss =
            estimate.logs()[k] - estimate.logs()[reference] - Math.log(TRUTH[k] / TRUTH[reference]);
        within += Math.abs(miss) <= 2 * estimate.error(k) + 1e-12 ? 1 : 0;
      }
    }
    assertThat(within).isGreaterThanOrEqualTo(streams * POSITIONS * 19 / 20);
  }

  @Test
  void whatRanksWellDoesNotPassForWhatIsLookedAt() {
    draw(new Random(3), 20_000, 0.1);
    double[] looks = new double[POSITIONS];
    double[] clicks = new double[POSITIONS];
    for (float[] pair : pairs) {
      for (int k = 0; k < POSITIONS; k++) {
        looks[k] += pair[k];
        clicks[k] += pair[POSITIONS + k];
      }
    }
    double[] known = estimate().known(LARGEST_ERROR);
    double ofRates = clicks[4] / looks[4] / (clicks[0] / looks[0]);
    assertThat(ofRates).as("rates of clicks, last by first").isLessThan(0.6 * TRUTH[4]);
    assertThat(known).containsExactly(TRUTH, within(0.05));
  }

  @Test
  void nothingIsKnownWhereEveryDocumentStaysAtItsPosition() {
    draw(new Random(4), 5_000, 0);
    assertThat(effects().pairs()).isZero();
    assertThat(estimate().known(LARGEST_ERROR)).containsOnly(0);
  }

  @Test
  void nothingIsKnownOfPositionsThatNoDocumentLinksWithTheOthers() {
    for (int i = 0; i < 10; i++) {
      pairs.add(new float[] {100, 100, 0, 0, 0, 80, 40, 0, 0, 0});
      pairs.add(new float[] {0, 0, 50, 50, 0, 0, 0, 10, 5, 0});
      pairs.add(new float[] {0, 0, 0, 0, 50, 0, 0, 0, 0, 5});
    }
    double[] known = estimate().known(LARGEST_ERROR);
    assertThat(known).containsExactly(new double[] {1, 0.5, 0, 0, 0}, within(1e-4));
  }

  @Test
  void nothingIsKnownOfPositionsThatWereNeverClickedOrTooSeldom() {
    pairs.add(new float[] {1000, 1000, 1000, 0, 10, 500, 250, 0, 0, 3});
    double[] known = estimate().known(LARGEST_ERROR);
    assertThat(known).containsExactly(new double[] {1, 0.5, 0, 0, 0}, within(1e-4));
    assertThat(estimate().known(1)[4])
        .as("with a larger error allowed")
        .isEqualTo(0.6, within(0.01));
  }
}
