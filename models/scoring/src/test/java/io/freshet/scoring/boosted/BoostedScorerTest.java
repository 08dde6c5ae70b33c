package io.freshet.scoring.boosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.ctr.Networks;
import io.freshet.scoring.ctr.SlowNetwork;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.state.ModelState;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BoostedScorerTest {

  /** 12 blocks of 5 units; prefixes of 2, 6 and 12 blocks: 10, 30 and 60 units. */
  private static Boosting boosting(Sums sums) {
    return new Boosting(
        12, 5, sums, Outputs.GRADIENT, 0, 0.3, 1, 50, 0, 0, List.of(0.15, 0.5, 1.0));
  }

  private record Case(
      ModelSettings settings, BoostedShape shape, ModelState state, FeatureLayout layout) {

    static Case random(Random random) {
      ModelSettings any = Networks.random(random);
      Boosting boosting = boosting(Networks.any(random, Sums.values()));
      ModelSettings settings =
          Networks.settings(
              any.features(), any.histories(), any.attention(), any.network(), boosting);
      BoostedShape shape = new BoostedShape(settings);
      ModelState state = Networks.state(random, shape.network());
      for (int t = 0; t < shape.blocks(); t++) {
        state.tensor("boost.out.b").data()[t] = 3 * (float) random.nextGaussian();
      }
      return new Case(settings, shape, state, FeatureLayout.of(settings));
    }

    BoostedScorer scorer() {
      return new BoostedScorer(shape, state, Kernels.best());
    }

    EncodedExample[] examples(Random random, int count) {
      return IntStream.range(0, count)
          .mapToObj(i -> Networks.example(random, layout))
          .toArray(EncodedExample[]::new);
    }

    /** The definition, in double precision. */
    double slow(EncodedExample example, int blocks) {
      SlowNetwork network = new SlowNetwork(settings, layout, false, state);
      double[] x = network.x(example);
      float[] w = state.tensor("boost.W").data();
      double y = 0;
      for (int t = 0; t < blocks; t++) {
        double f = state.tensor("boost.out.b").data()[t];
        for (int u = 5 * t; u < 5 * t + 5; u++) {
          double s = state.tensor("boost.b").data()[u];
          for (int i = 0; i < x.length; i++) {
            s += x[i] * w[60 * i + u];
          }
          f += state.tensor("boost.out.W").data()[u] * Math.tanh(s);
        }
        double limit = settings.boosting().sums() == Sums.NEWTON ? 4 : 1;
        f = Math.max(-limit, Math.min(limit, f));
        y = state.tensor("boost.kept").data()[t] * y + state.tensor("boost.steps").data()[t] * f;
      }
      return state.tensor("boost.start").data()[0] + network.added(example) + y;
    }
  }

  @Test
  void aPrefixScoresAsTheDefinitionCutShort() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      EncodedExample[] examples = net.examples(random, 3);
      float[] out = new float[3];
      int[] units = {10, 30, 60};
      int[] blocks = {2, 6, 12};
      for (int p = 0; p < 3; p++) {
        Prefix prefix = net.scorer().logits(examples, out, units[p]);
        assertThat(prefix.units()).isEqualTo(units[p]);
        for (int e = 0; e < 3; e++) {
          double truth = net.slow(examples[e], blocks[p]);
          assertThat((double) out[e])
              .as("seed %d, prefix %d", seed, p)
              .isCloseTo(truth, within(1e-5 * Math.max(10, Math.abs(truth))));
        }
      }
    }
  }

  @Test
  void aPrefixHasTheBitsOfTheSumWithoutTheOtherBlocks() {
    Random random = new Random(1);
    Case net = Case.random(random);
    EncodedExample[] examples = net.examples(random, 7);
    float[] prefix = new float[7];
    net.scorer().logits(examples, prefix, 30);
    for (int t = 6; t < 12; t++) {
      net.state().tensor("boost.steps").data()[t] = 0;
      net.state().tensor("boost.kept").data()[t] = 1;
    }
    float[] whole = new float[7];
    net.scorer().logits(examples, whole);
    assertThat(prefix).isEqualTo(whole);
  }

  @Test
  void candidatesScoreTogetherAsAloneOnEveryKernel() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      EncodedExample[] examples = net.examples(random, 50);
      float[] together = new float[50];
      net.scorer().logits(examples, together);
      BoostedScorer plain = new BoostedScorer(net.shape(), net.state(), Kernels.plain());
      for (int e = 0; e < 50; e++) {
        assertThat(plain.logit(examples[e])).isEqualTo(together[e]);
      }
    }
  }

  @Test
  void unitsBuyTheLongestPrefixThatIsOffered() {
    Random random = new Random(2);
    Case net = Case.random(random);
    EncodedExample[] examples = net.examples(random, 2);
    float[] out = new float[2];
    assertThat(net.scorer().logits(examples, out, 29).units()).isEqualTo(10);
    assertThat(net.scorer().logits(examples, out, 1000).units()).isEqualTo(60);
    assertThatThrownBy(() -> net.scorer().logits(examples, out, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("units must be at least those of the shortest prefix, 10, got 9");
  }

  @Test
  void timeBuysAsManyBlocksAsWillEndInIt() {
    Random random = new Random(3);
    Case net = Case.random(random);
    EncodedExample[] examples = net.examples(random, 4);
    assertReached(net, examples, 0, 10);
    // The first two blocks take 10 ns, so that four more will take 20: 35 ns in all.
    assertReached(net, examples, 34, 10);
    assertReached(net, examples, 35, 30);
    assertReached(net, examples, 1_000, 60);
  }

  /** A clock by which inputs take 5 ns and the first blocks 10. */
  private static void assertReached(Case net, EncodedExample[] examples, long budget, int units) {
    var times = LongStream.concat(LongStream.of(100, 105, 115, 135), many(135)).iterator();
    LongSupplier clock = times::nextLong;
    float[] reached = new float[examples.length];
    float[] wanted = new float[examples.length];
    Prefix prefix = net.scorer().logits(examples, reached, budget, clock);
    assertThat(prefix.units()).as("within %d ns", budget).isEqualTo(units);
    net.scorer().logits(examples, wanted, units);
    assertThat(reached).isEqualTo(wanted);
  }

  private static LongStream many(long time) {
    return LongStream.generate(() -> time).limit(10);
  }

  @Test
  void prefixesThatRoundToTheSameBlocksAreTheSameSum() {
    Random random = new Random(6);
    ModelSettings any = Networks.random(random);
    Boosting two =
        new Boosting(2, 3, Sums.NEWTON, Outputs.GRADIENT, 0, 1, 1, 1, 0, 0, List.of(0.1, 0.2, 1.0));
    ModelSettings settings =
        Networks.settings(any.features(), any.histories(), any.attention(), any.network(), two);
    BoostedShape shape = new BoostedShape(settings);
    Case net =
        new Case(
            settings, shape, Networks.state(random, shape.network()), shape.network().layout());
    assertThat(net.scorer().prefixes()).extracting(Prefix::units).containsExactly(3, 3, 6);
    float[] out = new float[1];
    EncodedExample[] one = net.examples(random, 1);
    assertThat(net.scorer().logits(one, out, 1_000, () -> 0).units()).isEqualTo(6);
    assertThat(out[0]).isEqualTo(net.scorer().logit(one[0]));
  }

  @Test
  void everyPrefixHasItsOwnCalibratorAndQuality() {
    Case net = Case.random(new Random(4));
    float[] calibration = {2, 1, 0.5f, -1};
    float[] quality = {0.4f, 900, 0.3f, 900, 0, 0};
    copy(net, "boost.prefix.calibration", calibration);
    copy(net, "boost.prefix.quality", quality);
    copy(net, "calibration", new float[] {3, 2});
    BoostedScorer scorer = net.scorer();
    List<Prefix> prefixes = scorer.prefixes();
    assertThat(prefixes.subList(0, 2))
        .containsExactly(new Prefix(0, 10, 0.4f, 900), new Prefix(1, 30, 0.3f, 900));
    assertThat(prefixes.get(2).logLoss()).as("never measured").isNaN();
    assertThat(scorer.calibrate(1, prefixes.get(0))).isCloseTo(sigmoid(3), within(1e-6f));
    assertThat(scorer.calibrate(1, prefixes.get(1))).isCloseTo(sigmoid(-0.5), within(1e-6f));
    assertThat(scorer.calibrate(1, prefixes.get(2))).isEqualTo(scorer.calibrate(1));
    assertThat(scorer.calibrate(1)).isCloseTo(sigmoid(5), within(1e-6f));
  }

  @Test
  void aStateMayChangeBetweenAnyTwoScores() {
    Random random = new Random(5);
    Case net = Case.random(random);
    EncodedExample example = net.examples(random, 1)[0];
    BoostedScorer scorer = net.scorer();
    float before = scorer.logit(example);
    Arrays.fill(net.state().tensor("boost.start").data(), 7);
    Arrays.fill(net.state().tensor("boost.out.b").data(), 0.25f);
    assertThat(scorer.logit(example)).isNotEqualTo(before);
    assertThat(scorer.logit(example)).isEqualTo(net.scorer().logit(example));
  }

  private static void copy(Case net, String tensor, float[] values) {
    System.arraycopy(values, 0, net.state().tensor(tensor).data(), 0, values.length);
  }

  private static float sigmoid(double x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }
}
