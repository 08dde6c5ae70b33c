package io.freshet.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HashedNormalTest {

  @Test
  void drawsHaveMeanZeroTheDeviationAskedForAndNormalTails() {
    int n = 100_000;
    float[] draws = new float[n];
    HashedNormal.fill(HashedNormal.key(1, "a name"), 0.5, draws, 0, n);
    double sum = 0;
    double squares = 0;
    int beyondTwo = 0;
    for (float draw : draws) {
      sum += draw;
      squares += (double) draw * draw;
      beyondTwo += Math.abs(draw) > 1 ? 1 : 0;
    }
    // Six standard errors each.
    assertThat(sum / n).isCloseTo(0, within(6 * 0.5 / Math.sqrt(n)));
    assertThat(Math.sqrt(squares / n)).isCloseTo(0.5, within(6 * 0.5 / Math.sqrt(2.0 * n)));
    assertThat((double) beyondTwo / n).isCloseTo(0.0455, within(0.004));
  }

  /** Counts below each of these, at six standard errors. */
  @Test
  void addedDrawsAreNormalInTheMiddleAndFarOut() {
    int n = 2_000_000;
    float[] draws = new float[n];
    HashedNormal.addTo(HashedNormal.key(1, "a name"), 2, draws);
    double[][] shares = {
      {-4, 3.1671e-5},
      {-3.6, 1.5911e-4},
      {-2, 0.0227501},
      {-0.5, 0.3085375},
      {0, 0.5},
      {0.25, 0.5987063},
      {1.5, 0.9331928},
      {3.5, 0.9997674},
      {4.2, 0.9999867}
    };
    for (double[] share : shares) {
      int below = 0;
      for (float draw : draws) {
        below += draw < 2 * share[0] ? 1 : 0;
      }
      double error = Math.sqrt(share[1] * (1 - share[1]) / n);
      assertThat((double) below / n)
          .as("below %s", share[0])
          .isCloseTo(share[1], within(6 * error));
    }
  }

  @Test
  void addedDrawsAreTheseOnEveryMachine() {
    float[] draws = {1, 1, 1};
    HashedNormal.addTo(HashedNormal.key(42, "model", "item"), 0.05, draws);
    assertThat(draws).containsExactly(1.0944667f, 1.0366414f, 1.0445267f);
  }

  @Test
  void aDrawIsAFunctionOfSeedNamesAndIdAlone() {
    assertThat(first(HashedNormal.key(1, "a", "b")))
        .isEqualTo(first(HashedNormal.key(1, "a", "b")));
    assertThat(HashedNormal.key(1, "a", "b"))
        .isNotEqualTo(HashedNormal.key(2, "a", "b"))
        .isNotEqualTo(HashedNormal.key(1, "ab"))
        .isNotEqualTo(HashedNormal.key(1, "b", "a"));
    long key = HashedNormal.key(1, "a");
    assertThat(HashedNormal.key(key, 5)).isNotEqualTo(HashedNormal.key(key, 6));
  }

  @Test
  void theBitsAreTheseOnEveryMachine() {
    float[] draws = new float[3];
    HashedNormal.fill(
        HashedNormal.key(HashedNormal.key(42, "model", "item"), 7), 0.05, draws, 0, 3);
    assertThat(draws).containsExactly(-0.029452695f, 0.020663774f, 0.026867611f);
  }

  private static float first(long key) {
    float[] draw = new float[1];
    HashedNormal.fill(key, 1, draw, 0, 1);
    return draw[0];
  }
}
