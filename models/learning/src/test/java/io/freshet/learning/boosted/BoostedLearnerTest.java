package io.freshet.learning.boosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.TestModel;
import io.freshet.learning.base.BaseLearning;
import io.freshet.scoring.AnytimeScorer;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.boosted.BoostedScoring;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoostedLearnerTest {

  private static final int BATCH = 16;
  private static final int BLOCKS = 6;

  private static Boosting boosting(Sums sums, int retireEvery) {
    return new Boosting(
        BLOCKS, 3, sums, Outputs.GRADIENT, 0, 0.5, 1, 20, retireEvery, 3, List.of(0.5, 1.0));
  }

  private static Learner learner(Boosting boosting) {
    return new BoostedLearning().create(TestModel.of("boosted-mlp").boosting(boosting).build());
  }

  private static GeneratedExamples examples(Learner learner, long seed) {
    return new GeneratedExamples(FeatureLayout.of(learner.settings()), seed);
  }

  @Test
  void theWeakestBlockMakesRoomAtRoundEndsOnly() {
    try (Learner learner = learner(boosting(Sums.NEWTON, 10))) {
      GeneratedExamples examples = examples(learner, 1);
      for (int step = 0; step < 25; step++) {
        float[] before = weights(learner);
        learner.train(examples.batch(learner, BATCH));
        // A step of Adam moves a weight by its rate, a new block by whole weights.
        assertThat(moved(before, weights(learner), 0.1)).isEmpty();
      }
      float[] before = weights(learner);
      float[] steps = learner.servingState().tensor("boost.steps").data().clone();
      learner.endRound(GeneratedExamples.START);

      List<Integer> blocks = moved(before, weights(learner), 0);
      assertThat(blocks).hasSize(1);
      int block = blocks.get(0);
      float[] after = learner.servingState().tensor("boost.steps").data();
      assertThat(after[block]).as("the new block is silent").isZero();
      steps[block] = 0;
      assertThat(after).as("the others go on").isEqualTo(steps);

      before = weights(learner);
      learner.endRound(GeneratedExamples.START);
      assertThat(moved(before, weights(learner), 0)).as("not again so soon").isEmpty();
    }
  }

  @Test
  void twoLearnersRetireTheSameBlocks() {
    try (Learner one = learner(boosting(Sums.NEWTON, 4));
        Learner other = learner(boosting(Sums.NEWTON, 4))) {
      GeneratedExamples examples = examples(one, 2);
      int retired = 0;
      for (int step = 0; step < 40; step++) {
        List<Example> batch = examples.batch(one, BATCH);
        one.train(batch);
        other.train(batch);
        if (step % 3 == 0) {
          float[] before = weights(one);
          one.endRound(GeneratedExamples.START);
          other.endRound(GeneratedExamples.START);
          retired += moved(before, weights(one), 0).size();
        }
        assertThat(weights(other)).isEqualTo(weights(one));
      }
      assertThat(retired).isGreaterThan(5);
    }
  }

  /** Adam's first step of a weight is its rate, whatever the gradient; of an old one it is less. */
  @Test
  void aNewBlocksFirstStepIsThatOfANewModelAlsoInAResumedLearner() {
    TestModel model = TestModel.of("boosted-mlp").boosting(boosting(Sums.NEWTON, 10));
    float rate = 0.01f;
    model.dense(OptimizerKind.ADAM, rate, 0, 0);
    try (Learner learner = new BoostedLearning().create(model.build())) {
      GeneratedExamples examples = examples(learner, 1);
      for (int step = 0; step < 400; step++) {
        learner.train(examples.batch(learner, BATCH));
      }
      float[] before = weights(learner);
      learner.endRound(GeneratedExamples.START);
      int block = moved(before, weights(learner), 0).get(0);
      try (Learner resumed = new BoostedLearning().resume(learner.settings(), learner.snapshot())) {
        before = weights(learner);
        List<Example> batch = examples.batch(learner, BATCH);
        learner.train(batch);
        resumed.train(batch);
        assertThat(weights(resumed)).isEqualTo(weights(learner));
      }
      float[] after = weights(learner);
      int whole = 0;
      for (int i = 0; i < after.length; i++) {
        float step = Math.abs(after[i] - before[i]);
        if (i % (BLOCKS * 3) / 3 == block && step > 0) {
          assertThat(step).isCloseTo(rate, within(0.02f * rate));
          whole++;
        }
      }
      assertThat(whole).isGreaterThan(10);
    }
  }

  /** Blocks of which a weight moved by more than {@code distance}. */
  private static List<Integer> moved(float[] before, float[] after, double distance) {
    int units = BLOCKS * 3;
    List<Integer> blocks = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      int block = i % units / 3;
      if (Math.abs(after[i] - before[i]) > distance && !blocks.contains(block)) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  private static float[] weights(Learner learner) {
    return learner.servingState().tensor("boost.W").data().clone();
  }

  @Test
  void theQualityOfAPrefixIsTheLossOfItsPredictionsBeforeTheirLabel() {
    try (Learner learner = learner(boosting(Sums.NEWTON, 0))) {
      GeneratedExamples examples = examples(learner, 3);
      AnytimeScorer scorer =
          new BoostedScoring().scorer(learner.settings(), learner.servingState());
      double[] losses = new double[2];
      double weight = 0;
      for (int step = 0; step < 60; step++) {
        List<Example> batch = examples.batch(learner, BATCH);
        EncodedExample[] features =
            batch.stream().map(Example::features).toArray(EncodedExample[]::new);
        for (Prefix prefix : scorer.prefixes()) {
          float[] logits = new float[BATCH];
          scorer.logits(features, logits, prefix.units());
          for (int e = 0; e < BATCH; e++) {
            double p = scorer.calibrate(logits[e], prefix);
            losses[prefix.index()] -= Math.log(batch.get(e).label() > 0 ? p : 1 - p);
          }
        }
        weight += BATCH;
        learner.train(batch);
        if (step % 4 == 3) {
          learner.endRound(GeneratedExamples.START);
        }
      }
      List<Prefix> prefixes = scorer.prefixes();
      for (Prefix prefix : prefixes) {
        assertThat((double) prefix.logLoss())
            .as("prefix of %d units", prefix.units())
            .isCloseTo(losses[prefix.index()] / weight, within(0.005));
        assertThat((double) prefix.examples()).isCloseTo(weight, within(0.05 * weight));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Sums.class)
  void aStreamOfOneLabelLeavesAHealthyModel(Sums sums) {
    try (Learner learner = learner(boosting(sums, 10))) {
      GeneratedExamples examples = examples(learner, 4);
      for (int step = 0; step < 300; step++) {
        learner.train(relabelled(examples.batch(learner, BATCH), 0));
        learner.endRound(GeneratedExamples.START);
      }
      assertFinite(learner);
      double early = 0;
      double late = 0;
      for (int step = 0; step < 400; step++) {
        double loss = learner.train(examples.batch(learner, BATCH)).loss();
        early += step < 50 ? loss : 0;
        late += step >= 350 ? loss : 0;
        learner.endRound(GeneratedExamples.START);
      }
      assertThat(late).as("it still learns what comes").isLessThan(0.9 * early);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {5, Float.NaN, Float.POSITIVE_INFINITY, -Float.MAX_VALUE})
  void aFeatureThatSaysNothingDoesNoHarm(float constant) {
    try (Learner learner = learner(boosting(Sums.NEWTON, 10))) {
      GeneratedExamples examples = examples(learner, 5);
      double late = 0;
      for (int step = 0; step < 200; step++) {
        List<Example> batch = new ArrayList<>();
        for (int e = 0; e < BATCH; e++) {
          EncodedExample features = examples.next();
          Arrays.fill(features.numbers(), constant);
          var prediction = learner.predict(features);
          boolean liked = Math.floorMod(features.ids()[0], 3) == 0;
          batch.add(example(e, features, prediction.counters(), prediction.logit(), liked ? 1 : 0));
        }
        double loss = learner.train(batch).loss();
        late += step >= 150 ? loss / 50 : 0;
        learner.endRound(GeneratedExamples.START);
      }
      assertFinite(learner);
      assertThat(late).as("the ids explain the label").isLessThan(0.3);
    }
  }

  @ParameterizedTest
  @EnumSource(Sums.class)
  void afterAnAbruptDriftItLearnsTheNewWorld(Sums sums) {
    TestModel model = TestModel.of("boosted-mlp").boosting(boosting(sums, 50));
    try (Learner learner =
        new BoostedLearning().create(model.dense(OptimizerKind.ADAM, 0.02, 0, 0).build())) {
      GeneratedExamples examples = examples(learner, 6);
      double before = 0;
      double at = 0;
      double after = 0;
      for (int step = 0; step < 800; step++) {
        List<Example> batch = examples.batch(learner, BATCH);
        double loss = learner.train(step >= 400 ? flipped(batch) : batch).loss();
        before += step >= 300 && step < 400 ? loss / 100 : 0;
        at += step >= 400 && step < 410 ? loss / 10 : 0;
        after += step >= 700 ? loss / 100 : 0;
        learner.endRound(GeneratedExamples.START);
      }
      assertThat(at).as("the drift hurts").isGreaterThan(before + 0.1);
      assertThat(after).as("and is learnt").isLessThan(before + 0.05);
    }
  }

  /** Prequential loss over one pass, with a drift half-way; the first batches included. */
  @Test
  void itLosesNoMoreThanAnMlpOfItsSizeOnTheSameStream() {
    Boosting eightUnits =
        new Boosting(4, 2, Sums.NEWTON, Outputs.GRADIENT, 0, 0.5, 1, 50, 100, 200, List.of(1.0));
    double boosted = 0;
    double mlp = 0;
    for (long seed = 1; seed <= 3; seed++) {
      boosted +=
          loss(new BoostedLearning(), TestModel.of("boosted-mlp").boosting(eightUnits), seed);
      mlp += loss(new BaseLearning(), TestModel.of("base").activation(Activation.PRELU), seed);
    }
    assertThat(boosted).isLessThan(mlp);
  }

  private static double loss(LearnerFamily family, TestModel model, long seed) {
    double loss = 0;
    try (Learner learner = family.create(model.seed(seed).build())) {
      GeneratedExamples examples = examples(learner, seed);
      for (int step = 0; step < 600; step++) {
        List<Example> batch = examples.batch(learner, BATCH);
        loss += learner.train(step >= 300 ? flipped(batch) : batch).loss() / 600;
        learner.endRound(GeneratedExamples.START);
      }
    }
    return loss;
  }

  @Test
  void blocksWithNewtonOutputsResumeBitForBitWithRetiredBlocksAmongThem() {
    Boosting newton =
        new Boosting(
            BLOCKS, 3, Sums.NEWTON, Outputs.NEWTON, 0.5, 0.5, 1, 20, 4, 3, List.of(0.5, 1.0));
    try (Learner learner = learner(newton)) {
      GeneratedExamples examples = examples(learner, 9);
      double early = 0;
      double late = 0;
      for (int step = 0; step < 600; step++) {
        double loss = learner.train(examples.batch(learner, BATCH)).loss();
        early += step < 100 ? loss : 0;
        late += step >= 500 ? loss : 0;
        learner.endRound(GeneratedExamples.START);
      }
      assertThat(late).isLessThan(0.95 * early);
      assertFinite(learner);
      try (Learner resumed = new BoostedLearning().resume(learner.settings(), learner.snapshot())) {
        for (int step = 0; step < 10; step++) {
          List<Example> batch = examples.batch(learner, BATCH);
          assertThat(resumed.train(batch).loss()).isEqualTo(learner.train(batch).loss());
          learner.endRound(GeneratedExamples.START);
          resumed.endRound(GeneratedExamples.START);
        }
        assertThat(resumed.undrained().learnerHash()).isEqualTo(learner.undrained().learnerHash());
        assertThat(resumed.undrained().servingHash()).isEqualTo(learner.undrained().servingHash());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Sums.class)
  void itLearnsValuesAsWellAsClicks(Sums sums) {
    TestModel model = TestModel.of("boosted-mlp").boosting(boosting(sums, 0));
    model.dense(OptimizerKind.ADAM, 0.02, 0, 0);
    assertThatThrownBy(() -> BoostedLearning.ofValues().create(model.build()))
        .hasMessageContaining("calibration of values must be none, got PLATT");
    model.calibration(Calibration.NONE);
    try (Learner learner = BoostedLearning.ofValues().create(model.build())) {
      GeneratedExamples examples = examples(learner, 8);
      double late = 0;
      for (int step = 0; step < 600; step++) {
        List<Example> batch = new ArrayList<>();
        for (Example example : examples.batch(learner, BATCH)) {
          float value = Math.floorMod(example.features().ids()[0], 3) - 1.5f;
          batch.add(with(example, value));
        }
        double loss = learner.train(batch).loss();
        late += step >= 500 ? loss / 100 : 0;
        learner.endRound(GeneratedExamples.START);
      }
      // Half the variance of three equally likely numbers is 1/3.
      assertThat(late).isLessThan(0.1);
      List<Example> batch = examples.batch(learner, BATCH);
      batch.set(3, with(batch.get(3), Float.NaN));
      assertThatThrownBy(() -> learner.train(batch))
          .hasMessageContaining("must have label a finite number")
          .hasMessageContaining("label NaN");
    }
  }

  @Test
  void anotherEngineThanItsOwnIsRefused() {
    ModelSettings din = TestModel.of("din").build();
    assertThatThrownBy(() -> new BoostedLearning().create(din))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("engine of family din must be java, got djl");
  }

  private static void assertFinite(Learner learner) {
    for (Tensor tensor : learner.servingState().tensors().values()) {
      for (float value : tensor.data()) {
        assertThat(value).as(tensor.name()).isFinite();
      }
    }
  }

  private static List<Example> flipped(List<Example> batch) {
    return batch.stream().map(e -> with(e, 1 - e.label())).toList();
  }

  private static List<Example> relabelled(List<Example> batch, float label) {
    return batch.stream().map(e -> with(e, label)).toList();
  }

  private static Example with(Example e, float label) {
    return example(e.id(), e.features(), e.counters(), e.rawLogit(), label);
  }

  private static Example example(
      long id, EncodedExample features, float[] counters, float rawLogit, float label) {
    return new Example(
        id,
        features,
        counters,
        rawLogit,
        label,
        1,
        label > 0 ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        features.eventTime());
  }
}
