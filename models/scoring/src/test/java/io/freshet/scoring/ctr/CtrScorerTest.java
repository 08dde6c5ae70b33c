package io.freshet.scoring.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CtrScorerTest {

  private record Case(
      ModelSettings settings, CtrShape shape, ModelState state, FeatureLayout layout) {

    static Case random(Random random) {
      ModelSettings settings = Networks.random(random);
      FeatureLayout layout = FeatureLayout.of(settings);
      CtrShape shape = new CtrShape(settings, layout, Networks.any(random, Pooling.values()));
      return new Case(settings, shape, Networks.state(random, shape), layout);
    }

    SlowNetwork slow() {
      return new SlowNetwork(settings, layout, shape.pooling() == Pooling.ATTENTION, state);
    }
  }

  /** 1e-5 relative to the largest term: a float cannot be truer to a sum that cancels. */
  @Test
  void scoresAsTheDefinitionInDoublePrecision() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      CtrScorer scorer = new CtrScorer(net.shape(), net.state());
      SlowNetwork slow = net.slow();
      for (int n = 0; n < 5; n++) {
        EncodedExample example = Networks.example(random, net.layout());
        double truth = slow.logit(example);
        double scale = Math.max(1, Math.max(Math.abs(truth), slow.largestInput()));
        float logit = scorer.logit(example);
        assertThat((double) logit)
            .as("seed %d, %s", seed, net.settings())
            .isCloseTo(truth, within(1e-5 * scale));
        assertThat((double) scorer.calibrate(logit))
            .isCloseTo(slow.probability(example), within(1e-5 * scale));
        double[] counters = slow.counters(example);
        float[] read = scorer.counters(example);
        assertThat(read).hasSize(counters.length);
        for (int i = 0; i < read.length; i++) {
          assertThat((double) read[i])
              .isCloseTo(counters[i], within(1e-5 * Math.max(1, Math.abs(counters[i]))));
        }
      }
    }
  }

  @Test
  void plainAndVectorKernelsGiveTheSameBits() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      CtrScorer plain = new CtrScorer(net.shape(), net.state(), Kernels.plain());
      CtrScorer best = new CtrScorer(net.shape(), net.state(), Kernels.best());
      for (int n = 0; n < 5; n++) {
        EncodedExample example = Networks.example(random, net.layout());
        assertThat(best.logit(example)).isEqualTo(plain.logit(example));
      }
    }
  }

  @Test
  void manyCandidatesGiveTheBitsOfEachAlone() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      EncodedExample[] candidates = new EncodedExample[random.nextInt(80)];
      EncodedExample user = Networks.example(random, net.layout());
      for (int i = 0; i < candidates.length; i++) {
        if (random.nextInt(10) == 0) {
          user = Networks.example(random, net.layout());
        }
        candidates[i] = Networks.example(random, net.layout(), user.histories());
      }
      CtrScorer scorer = new CtrScorer(net.shape(), net.state());
      float[] together = new float[candidates.length];
      scorer.logits(candidates, together);
      for (int i = 0; i < candidates.length; i++) {
        assertThat(together[i]).isEqualTo(scorer.logit(candidates[i]));
      }
    }
  }

  @Test
  void scoringChangesNothing() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      HashValue before = net.state().computeHash();
      CtrScorer scorer = new CtrScorer(net.shape(), net.state());
      EncodedExample example = Networks.example(random, net.layout());
      float first = scorer.logit(example);
      scorer.logit(Networks.example(random, net.layout()));
      assertThat(scorer.logit(example)).isEqualTo(first);
      assertThat(net.state().computeHash()).isEqualTo(before);
    }
  }

  @Test
  void aChangedStateIsSeenByTheNextScore() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Case net = Case.random(random);
      CtrScorer old = new CtrScorer(net.shape(), net.state());
      EncodedExample example = Networks.example(random, net.layout());
      float before = old.logit(example);
      for (Tensor tensor : net.state().tensors().values()) {
        for (int i = 0; i < tensor.data().length; i++) {
          tensor.data()[i] = tensor.data()[i] * 1.25f + 0.01f;
        }
      }
      for (RowTable table : net.state().tables().values()) {
        table.forEach((id, row) -> table.values(row)[table.valueOffset(row)] += 0.5f);
      }
      float after = old.logit(example);
      assertThat(after).isNotEqualTo(before);
      assertThat(after).isEqualTo(new CtrScorer(net.shape(), net.state()).logit(example));
    }
  }

  @Test
  void frozenCountersReplaceThoseOfTheState() {
    Random random = new Random(1);
    ModelSettings settings =
        Networks.settings(
            List.of(
                Networks.feature("item", "item.id", Use.ID, 4),
                Networks.feature("rate", "item.id", Use.COUNTERS, 1)),
            List.of(),
            new Attention(List.of(4), Activation.DICE, Normalize.SOFTMAX),
            new Network(List.of(8), Activation.DICE, true));
    FeatureLayout layout = FeatureLayout.of(settings);
    CtrShape shape = new CtrShape(settings, layout, Pooling.ATTENTION);
    ModelState state = Networks.state(random, shape);
    CtrScorer scorer = new CtrScorer(shape, state);
    EncodedExample example = Networks.example(random, layout);
    float before = scorer.logit(example);
    float[] frozen = scorer.counters(example);
    RowTable rates = state.table("rate");
    int row = Rows.find(rates, example.counterIds()[0]);
    new CounterRows(layout.counters().get(0).halfLivesMs())
        .update(rates.values(row), rates.valueOffset(row), 1f, example.eventTime());
    assertThat(scorer.logit(example)).isNotEqualTo(before);
    assertThat(scorer.logit(example, frozen)).isEqualTo(before);
  }

  @Test
  void anIdWithoutARowScoresWithTheSharedRow() {
    Case net = small();
    EncodedExample unknown = example(77, new long[] {77}, 5);
    RowTable items = net.state().table("item");
    CtrScorer scorer = new CtrScorer(net.shape(), net.state());
    float shared = scorer.logit(unknown);
    int row = items.findOrInsert(77);
    int from = items.find(Ids.SHARED);
    System.arraycopy(
        items.values(from), items.valueOffset(from), items.values(row), items.valueOffset(row), 4);
    assertThat(scorer.logit(unknown)).isEqualTo(shared);
    items.values(row)[items.valueOffset(row)] += 1;
    assertThat(scorer.logit(unknown)).isNotEqualTo(shared);
  }

  @Test
  void aStateWithoutSharedRowsIsNotReadyAndSaysSo() {
    Case net = small();
    CtrScorer scorer = new CtrScorer(net.shape(), net.shape().emptyState());
    assertThatThrownBy(() -> scorer.logit(example(77, new long[0], 5)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("table item must hold the shared row");
  }

  /** Fixed bits: the same on every machine, JVM and vector width, for both kinds of kernel. */
  @Test
  void bitsOfAScoreAreFixed() {
    Case net = small();
    for (Kernels kernels : List.of(Kernels.plain(), Kernels.best())) {
      CtrScorer scorer = new CtrScorer(net.shape(), net.state(), kernels);
      float[] out = new float[2];
      EncodedExample[] two = {
        example(3, new long[] {3, 5, 9, 4, 3}, 12.5f), example(8, new long[0], Float.NaN)
      };
      scorer.logits(two, out);
      assertThat(Integer.toHexString(Float.floatToRawIntBits(out[0]))).isEqualTo("c029a73b");
      assertThat(Integer.toHexString(Float.floatToRawIntBits(out[1]))).isEqualTo("beccd615");
    }
  }

  /** A small network whose every value is a fraction that any machine computes exactly. */
  private static Case small() {
    ModelSettings settings =
        Networks.settings(
            List.of(
                Networks.feature("item", "item.id", Use.ID, 4),
                Networks.feature("price", "item.price", Use.NUMBER, 1)),
            List.of(new History("clicked", List.of("item"), List.of("click"), 50)),
            new Attention(List.of(20, 6), Activation.DICE, Normalize.SOFTMAX),
            new Network(List.of(24, 5), Activation.PRELU, true));
    FeatureLayout layout = FeatureLayout.of(settings);
    CtrShape shape = new CtrShape(settings, layout, Pooling.ATTENTION);
    ModelState state = shape.emptyState();
    int n = 0;
    for (Tensor tensor : state.tensors().values()) {
      for (int i = 0; i < tensor.data().length; i++) {
        tensor.data()[i] = fraction(n++) + (tensor.name().endsWith("var") ? 2 : 0);
      }
    }
    RowTable items = state.table("item");
    for (long id : new long[] {Ids.SHARED, 3, 4, 5, 8, 9}) {
      int row = items.findOrInsert(id);
      for (int j = 0; j < 4; j++) {
        items.values(row)[items.valueOffset(row) + j] = fraction(n++);
      }
    }
    return new Case(settings, shape, state, layout);
  }

  private static float fraction(int n) {
    return (n * 37 % 101 - 50) / 64f;
  }

  private static EncodedExample example(long item, long[] clicked, float price) {
    return new EncodedExample(
        new long[] {item},
        new long[0][],
        new long[0],
        new long[0],
        new float[] {price},
        new long[0],
        new long[][][] {{clicked}},
        Networks.NOW);
  }
}
