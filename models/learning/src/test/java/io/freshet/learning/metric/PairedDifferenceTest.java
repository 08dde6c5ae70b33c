package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {

  /**
   * Losses of two models: users differ in how much the first is better, by {@code effect} on
   * average.
   */
  private static final class Sample {

    final double[] a;
    final double[] b;
    final long[] users;

    Sample(long seed, int users, int rowsPerUser, double effect) {
      Random random = new Random(seed);
      int rows = users * rowsPerUser;
      a = new double[rows];
      b = new double[rows];
      this.users = new long[rows];
      for (int u = 0; u < users; u++) {
        double ofUser = effect + random.nextGaussian();
        for (int k = 0; k < rowsPerUser; k++) {
          int row = u * rowsPerUser + k;
          b[row] = random.nextDouble();
          a[row] = b[row] + ofUser + 0.1 * random.nextGaussian();
          this.users[row] = u + 1L;
        }
      }
    }

    PairedDifference difference(boolean @Nullable [] mask) {
      PairedDifference difference = PairedDifference.byUserBootstrap(a, b, users, mask, 1000, 17);
      assertThat(difference).isNotNull();
      return difference;
    }
  }

  @Test
  void theIntervalIsThatOfTheUsersAndNotOfTheRows() {
    PairedDifference difference = new Sample(1, 400, 20, 0).difference(null);
    // the users' means have standard deviation 1, so that the mean's is 1/√400 = 0.05
    assertThat(difference.high() - difference.low()).isCloseTo(2 * 1.96 * 0.05, within(0.03));
    assertThat(difference.users()).isEqualTo(400);
    assertThat(difference.rows()).isEqualTo(8000);
  }

  @Test
  void aRealDifferenceExcludesZeroAndNoneDoesNotInNineteenOfTwentyCases() {
    int real = 0;
    int falselyReal = 0;
    for (int seed = 0; seed < 100; seed++) {
      real += new Sample(seed, 60, 3, -0.8).difference(null).isReal() ? 1 : 0;
      falselyReal += new Sample(seed, 60, 3, 0).difference(null).isReal() ? 1 : 0;
    }
    assertThat(real).isGreaterThanOrEqualTo(99);
    // 5 expected; more than 14 has a probability below 2e-4
    assertThat(falselyReal).isBetween(1, 14);
  }

  @Test
  void theMeanIsOverRowsWhateverTheUsers() {
    double[] a = {1, 2, 3, 10};
    double[] b = {0, 0, 0, 0};
    PairedDifference difference =
        PairedDifference.byUserBootstrap(a, b, new long[] {5, 5, 5, 6}, 200, 1);
    assertThat(difference).isNotNull();
    assertThat(difference.mean()).isEqualTo(4);
    // a replicate is one user twice (2 or 10), or both (4)
    assertThat(difference.low()).isEqualTo(2);
    assertThat(difference.high()).isEqualTo(10);
  }

  @Test
  void theOrderInWhichUsersComeChangesNothing() {
    Sample sample = new Sample(3, 50, 1, 0.1);
    PairedDifference difference = sample.difference(null);
    reverse(sample.a);
    reverse(sample.b);
    long[] users = sample.users.clone();
    for (int i = 0; i < users.length; i++) {
      sample.users[i] = users[users.length - 1 - i];
    }
    assertThat(sample.difference(null)).isEqualTo(difference);
    assertThat(PairedDifference.byUserBootstrap(sample.a, sample.b, sample.users, 1000, 18))
        .isNotEqualTo(difference);
  }

  private static void reverse(double[] values) {
    double[] copy = values.clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = copy[values.length - 1 - i];
    }
  }

  @Test
  void aMaskIsTheSameAsHavingOnlyItsRows() {
    Sample sample = new Sample(4, 50, 4, 0.1);
    boolean[] mask = new boolean[200];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 3 != 0;
    }
    PairedDifference masked = sample.difference(mask);
    PairedDifference only =
        PairedDifference.byUserBootstrap(
            masked(sample.a, mask), masked(sample.b, mask), masked(sample.users, mask), 1000, 17);
    assertThat(masked).isEqualTo(only).isNotEqualTo(sample.difference(null));
    assertThat(
            PairedDifference.byUserBootstrap(
                sample.a, sample.b, sample.users, new boolean[200], 9, 1))
        .isNull();
  }

  private static double[] masked(double[] values, boolean[] mask) {
    int[] at = {0};
    return Arrays.stream(values).filter(v -> mask[at[0]++]).toArray();
  }

  private static long[] masked(long[] values, boolean[] mask) {
    int[] at = {0};
    return Arrays.stream(values).filter(v -> mask[at[0]++]).toArray();
  }

  @Test
  void rowsWithoutAUserAreUsersOfTheirOwn() {
    double[] a = {1, 2, 3, 4};
    long[] users = {0, 0, 9, 9};
    PairedDifference difference = PairedDifference.byUserBootstrap(a, new double[4], users, 100, 1);
    assertThat(difference).isNotNull();
    assertThat(difference.users()).isEqualTo(3);
  }

  @Test
  void lossesOfOtherRowsAreRefused() {
    assertThatThrownBy(
            () -> PairedDifference.byUserBootstrap(new double[3], new double[2], new long[3], 9, 1))
        .hasMessageContaining("got 3 and 2 losses, 3 users");
    assertThatThrownBy(
            () -> PairedDifference.byUserBootstrap(new double[3], new double[3], new long[3], 0, 1))
        .hasMessageContaining("replicates must be >= 1, got 0");
  }

  @Test
  void theGeneratorIsSplitMix64() {
    SplitMix random = new SplitMix(1234567);
    // the published test vector of the algorithm
    assertThat(random.next()).isEqualTo(6457827717110365317L);
    assertThat(random.next()).isEqualTo(3203168211198807973L);
    assertThat(Long.toUnsignedString(random.next())).isEqualTo("9817491932198370423");
  }
}
