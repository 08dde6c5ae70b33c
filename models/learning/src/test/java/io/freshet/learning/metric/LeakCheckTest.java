package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

  /** A model's prediction where the truth is {@code p} and the label will be {@code y}. */
  private interface Model {
    double predict(double p, int y, Random random);
  }

  /** Rows of a shop: the true probabilities are those of clicks. */
  private static LeakCheck check(long seed, int rows, Model model) {
    Random random = new Random(seed);
    double[] losses = new double[rows];
    double[] truth = new double[rows];
    for (int i = 0; i < rows; i++) {
      double p = 0.3 * Math.pow(random.nextDouble(), 3);
      int y = random.nextDouble() < p ? 1 : 0;
      truth[i] = LogLoss.of(p, y);
      losses[i] = LogLoss.of(model.predict(p, y, random), y);
    }
    return LeakCheck.of(losses, truth);
  }

  @Test
  void theTruthItselfDoesNotLeak() {
    LeakCheck check = check(1, 10_000, (p, y, random) -> p);
    assertThat(check).isEqualTo(new LeakCheck(0, 10_000));
    assertThat(check.leaks()).isFalse();
  }

  @Test
  void aModelNearTheTruthIsHardlyEverAccused() {
    int accused = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      LeakCheck check =
          check(seed, 500, (p, y, random) -> p * Math.exp(0.3 * random.nextGaussian() - 0.1));
      accused += check.leaks() ? 1 : 0;
    }
    // 0.2 are the most that the bound allows in the mean; four or more come in one of 10,000 runs
    assertThat(accused).isLessThan(4);
  }

  @Test
  void aModelThatSeesAFiftiethOfTheLabelIsFound() {
    LeakCheck check = check(2, 10_000, (p, y, random) -> 0.98 * p + 0.02 * y);
    assertThat(check.leaks()).isTrue();
  }

  @Test
  void aModelThatSeesTheLabelOfOneRowInAHundredIsFound() {
    LeakCheck check =
        check(3, 10_000, (p, y, random) -> random.nextInt(100) == 0 ? 0.01 + 0.98 * y : p);
    assertThat(check.leaks()).isTrue();
  }

  @Test
  void rowsOfUnknownTruthDoNotCount() {
    QualityRows rows =
        new QualityRows.Builder()
            .add(1, 1, 0.5f, 7, 1, 0.25, 0)
            .add(1, 1, 0.999f, 7, 1, Double.NaN, 0)
            .add(0, 2, 0.25f, 7, 1, 0.5, 0)
            .build();
    LeakCheck check = LeakCheck.of(rows);
    assertThat(check.rows()).isEqualTo(2);
    // ln(0.5 / 0.25) + ln(0.75 / 0.5)
    assertThat(check.advantage()).isCloseTo(Math.log(3), within(1e-12));
  }

  @Test
  void lossesOfDifferentRowsAreRefused() {
    assertThatThrownBy(() -> LeakCheck.of(new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 2 of the model and 3 of the truth");
  }
}
