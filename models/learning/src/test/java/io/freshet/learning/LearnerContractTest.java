package io.freshet.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerReplica;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every learner of every family in the registry must do. */
class LearnerContractTest {

  private static final int BATCH = 16;

  static Stream<String> families() {
    return LearnerFamilies.all().stream().map(family -> family.scoring().name());
  }

  @ParameterizedTest
  @MethodSource("families")
  void predictingChangesNothing(String family) {
    try (Learner learner = trained(family, 5)) {
      String before = saved(learner);
      GeneratedExamples examples = examples(learner, 99);
      for (int i = 0; i < 50; i++) {
        EncodedExample example = examples.next();
        Prediction prediction = learner.predict(example);
        Prediction again = learner.predict(example);
        assertThat(again.logit()).isEqualTo(prediction.logit());
        assertThat(again.probability()).isEqualTo(prediction.probability());
        assertThat(again.counters()).isEqualTo(prediction.counters());
      }
      assertThat(saved(learner)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aStepReturnsPredictionsAndLossFromBeforeIt(String family) {
    try (Learner learner = trained(family, 5)) {
      List<Example> batch = examples(learner, 98).batch(learner, BATCH);
      double loss = 0;
      float[] probabilities = new float[BATCH];
      for (int e = 0; e < BATCH; e++) {
        Example example = batch.get(e);
        Prediction now = learner.predict(example.features());
        probabilities[e] = now.probability();
        double p = 1 / (1 + Math.exp(-now.logit()));
        loss -= example.label() > 0 ? Math.log(p) : Math.log(1 - p);
      }
      StepResult step = learner.train(batch);
      assertThat(step.step()).isEqualTo(6);
      assertThat(step.predictions()).containsExactly(probabilities, within(1e-5f));
      assertThat(step.loss()).isCloseTo(loss / BATCH, within(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void theScorersLogitIsTheEnginesWhateverTheActivationAndNormalisation(String family) {
    for (Activation activation : Activation.values()) {
      for (Normalize normalize : Normalize.values()) {
        ModelSettings settings =
            TestModel.of(family).activation(activation).normalize(normalize).build();
        try (Learner learner = LearnerFamilies.named(family).create(settings)) {
          GeneratedExamples examples = examples(learner, 6);
          train(learner, examples, 10);
          List<Example> batch = examples.batch(learner, BATCH);
          float[] predicted = new float[BATCH];
          for (int e = 0; e < BATCH; e++) {
            predicted[e] = learner.predict(batch.get(e).features()).probability();
          }
          assertThat(learner.train(batch).predictions())
              .as("%s, %s", activation, normalize)
              .containsExactly(predicted, within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerResumedFromItsDrainsContinuesBitForBitWhateverStepItStoppedAt(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    for (int cut = 0; cut <= 24; cut += 3) {
      try (Learner unbroken = learning.create(shortLived(family))) {
        GeneratedExamples examples = examples(unbroken, 7);
        LearnerReplica drained = new LearnerReplica(learning.emptyState(unbroken.settings()));
        for (int step = 0; step < cut; step++) {
          unbroken.train(examples.batch(unbroken, BATCH));
          endRound(unbroken, step);
          if (step % 4 == 1) {
            drained.apply(unbroken.drain());
          }
        }
        try (Learner resumed =
            learning.resume(unbroken.settings(), drained.state(), unbroken.undrained())) {
          assertThat(saved(resumed)).isEqualTo(saved(unbroken));
          assertThat(resumed.step()).isEqualTo(cut);
          for (int step = cut; step < cut + 6; step++) {
            List<Example> batch = examples.batch(unbroken, BATCH);
            for (Example example : batch) {
              assertThat(resumed.predict(example.features()).logit()).isEqualTo(example.rawLogit());
            }
            assertThat(resumed.train(batch).loss()).isEqualTo(unbroken.train(batch).loss());
            endRound(unbroken, step);
            endRound(resumed, step);
          }
          LearnerDelta goesOn = resumed.drain();
          assertThat(goesOn).usingRecursiveComparison().isEqualTo(unbroken.drain());
          drained.apply(goesOn);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void gradientNoiseIsAnOptionThatIsRepeatableAndSaved(String family) {
    ModelSettings noisy = TestModel.of(family).noise(new Noise(1e-4, 0.55, 0.5, 5)).build();
    try (Learner unbroken = LearnerFamilies.named(family).create(noisy);
        Learner quiet = create(family)) {
      GeneratedExamples examples = examples(unbroken, 7);
      for (int step = 0; step < 3; step++) {
        List<Example> batch = examples.batch(unbroken, BATCH);
        unbroken.train(batch);
        quiet.train(batch);
      }
      assertThat(unbroken.servingState().computeHash())
          .isNotEqualTo(quiet.servingState().computeHash());
      assertThat(unbroken.metrics()).containsKey("noise.variance");
      try (Learner resumed = LearnerFamilies.named(family).resume(noisy, unbroken.snapshot())) {
        train(unbroken, examples(unbroken, 8), 9);
        train(resumed, examples(resumed, 8), 9);
        assertThat(saved(resumed)).isEqualTo(saved(unbroken));
        assertThat(resumed.metrics()).isEqualTo(unbroken.metrics());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerResumedFromASnapshotContinuesBitForBit(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner unbroken = trained(family, 7);
        Learner resumed = learning.resume(unbroken.settings(), unbroken.snapshot())) {
      assertThat(saved(resumed)).isEqualTo(saved(unbroken));
      assertThat(resumed.undrained().serving()).isEqualTo(StateDelta.NONE);
      assertThat(resumed.undrained().own()).isEqualTo(StateDelta.NONE);
      List<Example> batch = examples(unbroken, 7).batch(unbroken, BATCH);
      assertThat(resumed.train(batch).loss()).isEqualTo(unbroken.train(batch).loss());
      assertThat(saved(resumed)).isEqualTo(saved(unbroken));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aStateOfWhichOneFloatDiffersIsNotResumedFrom(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = trained(family, 3)) {
      LearnerState wrong = learner.snapshot();
      LearnerDelta nothing = LearnerDelta.none(wrong);
      wrong.own().tensors().values().iterator().next().data()[0] += 1;
      assertThatThrownBy(() -> learning.resume(learner.settings(), wrong, nothing))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("own state must have hash " + nothing.learnerHash());
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void anchorAndAllDeltasOfBothPartsAreTheLearnersState(String family) {
    ModelSettings settings = shortLived(family);
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = learning.create(settings)) {
      GeneratedExamples examples = examples(learner, 3);
      LearnerReplica replica = new LearnerReplica(learning.emptyState(settings));
      LearnerReplica lazy = new LearnerReplica(learning.emptyState(settings));
      ModelState reader = learning.scoring().emptyState(settings);
      StateHash hash = new StateHash();
      hash.reset(reader.computeHash());
      int removed = 0;
      for (int step = 0; step < 40; step++) {
        learner.train(examples.batch(learner, BATCH));
        endRound(learner, step);
        if (step % 3 == 0) {
          LearnerDelta announced = learner.undrained();
          LearnerDelta delta = learner.drain();
          assertThat(announced).usingRecursiveComparison().isEqualTo(delta);
          removed += delta.own().tables().stream().mapToInt(rows -> rows.removed().length).sum();
          reader.apply(delta.serving(), hash);
          replica.apply(delta);
          assertThat(hash.value()).isEqualTo(learner.servingHash());
          assertThat(reader.computeHash()).isEqualTo(learner.servingHash());
          assertThat(learner.servingState().computeHash()).isEqualTo(learner.servingHash());
          assertThat(replica.state().serving().computeHash()).isEqualTo(learner.servingHash());
          assertThat(replica.state().own().computeHash()).isEqualTo(learner.learnerHash());
          assertThat(learner.snapshot().own().computeHash()).isEqualTo(learner.learnerHash());
        }
        if (step % 9 == 0) {
          lazy.apply(replica.drain());
          assertThat(lazy.learnerHash()).isEqualTo(learner.learnerHash());
        }
      }
      assertThat(removed).as("rows that went").isPositive();
      learner.drain();
      assertThat(learner.drain().serving()).as("nothing changed since").isEqualTo(StateDelta.NONE);
      assertThat(learner.drain().own()).as("nothing changed since").isEqualTo(StateDelta.NONE);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerThatGoesBackHasUnlearntEverythingSinceTheMarkButItsSteps(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = learning.create(shortLived(family))) {
      GeneratedExamples examples = examples(learner, 3);
      LearnerReplica published = new LearnerReplica(learning.emptyState(learner.settings()));
      learner.mark();
      LearnerState marked = learner.snapshot();
      for (int step = 0; step < 40; step++) {
        learner.train(examples.batch(learner, BATCH));
        endRound(learner, step);
        if (step % 3 == 1) {
          published.apply(learner.drain());
        }
        if (step % 10 == 4) {
          learner.mark();
          marked = learner.snapshot();
        } else if (step % 10 == 9) {
          learner.goBack();
          assertThat(learner.step()).isEqualTo(step + 1);
          assertThat(learner.servingState().computeHash())
              .isEqualTo(marked.serving().computeHash());
          published.apply(learner.drain());
          assertThat(published.state().serving().computeHash())
              .as("readers follow")
              .isEqualTo(marked.serving().computeHash());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerResumedWithItsWayBackGoesBackToTheSameBits(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner unbroken = learning.create(shortLived(family))) {
      GeneratedExamples examples = examples(unbroken, 3);
      train(unbroken, examples, 9);
      ModelState then = unbroken.servingState().copy();
      unbroken.mark();
      train(unbroken, examples, 11);
      StateHash hash = new StateHash();
      hash.reset(then.computeHash());
      then.apply(unbroken.sinceMark(), hash);
      assertThat(then.computeHash()).isEqualTo(unbroken.servingState().computeHash());
      try (Learner resumed = learning.resume(unbroken.settings(), unbroken.snapshot())) {
        resumed.mark(unbroken.wayBack());
        assertThat(resumed.wayBack()).usingRecursiveComparison().isEqualTo(unbroken.wayBack());
        for (Learner learner : List.of(unbroken, resumed)) {
          train(learner, examples(learner, 4), 5);
          learner.goBack();
        }
        assertThat(saved(resumed)).isEqualTo(saved(unbroken));
        train(unbroken, examples(unbroken, 5), 6);
        train(resumed, examples(resumed, 5), 6);
        assertThat(saved(resumed)).isEqualTo(saved(unbroken));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerThatTakesOverAnEarlierStateHasItsBitsAndLearnsOnAsItWould(String family) {
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = learning.create(shortLived(family))) {
      train(learner, examples(learner, 3), 10);
      LearnerState earlier = learner.snapshot();
      LearnerReplica published = new LearnerReplica(learner.snapshot());
      learner.drain();
      train(learner, examples(learner, 4), 15);
      learner.drain();
      LearnerReplica later = new LearnerReplica(learner.snapshot());
      learner.become(earlier);
      assertThat(learner.step()).isEqualTo(25);
      assertThat(learner.servingState().computeHash()).isEqualTo(published.servingHash());
      later.apply(learner.drain());
      assertThat(later.servingHash()).as("readers follow").isEqualTo(published.servingHash());
      Example example = examples(learner, 5).batch(learner, 1).get(0);
      try (Learner then = learning.resume(learner.settings(), earlier)) {
        assertThat(learner.predict(example.features()).logit())
            .isEqualTo(then.predict(example.features()).logit());
      }
      learner.train(List.of(example));
      assertThat(learner.step()).isEqualTo(26);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerThatDivergedCountsTheStepSaysWhatIsNotFiniteAndGoesBack(String family) {
    try (Learner learner = trained(family, 3)) {
      learner.mark();
      String good = learner.servingState().computeHash().toString();
      assertThat(learner.notFinite()).isNull();
      ModelState broken = learner.servingState().copy();
      broken.tensors().values().forEach(tensor -> Arrays.fill(tensor.data(), Float.NaN));
      LearnerState all = new LearnerState(broken, learner.snapshot().own());
      try (Learner sick = LearnerFamilies.named(family).resume(learner.settings(), all)) {
        sick.mark();
        List<Example> batch = examples(learner, 8).batch(learner, BATCH);
        assertThatThrownBy(() -> sick.train(batch))
            .isInstanceOf(Diverged.class)
            .hasMessageContaining("of step 4 of model");
        assertThat(sick.step()).isEqualTo(4);
        sick.goBack();
        assertThat(sick.step()).isEqualTo(4);
        assertThat(sick.servingState().computeHash()).isEqualTo(broken.computeHash());
      }
      learner.train(examples(learner, 8).batch(learner, BATCH));
      learner.become(all);
      assertThat(learner.notFinite()).contains("holds NaN");
      learner.goBack();
      assertThat(learner.notFinite()).isNull();
      assertThat(learner.servingState().computeHash()).asString().isEqualTo(good);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aScorerOverACopyOfTheServingStateScoresAsTheLearnerPredicts(String family) {
    try (Learner learner = trained(family, 10)) {
      LearnerFamily learning = LearnerFamilies.named(family);
      ModelState reader = learner.servingState().copy();
      Scorer scorer = learning.scoring().scorer(learner.settings(), reader);
      GeneratedExamples examples = examples(learner, 5);
      for (int i = 0; i < 50; i++) {
        EncodedExample example = examples.next();
        Prediction prediction = learner.predict(example);
        assertThat(scorer.logit(example)).isEqualTo(prediction.logit());
        assertThat(scorer.calibrate(prediction.logit())).isEqualTo(prediction.probability());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void theSameSeedGivesTheSameBitsAndAnotherSeedOthers(String family) {
    String first = saved(trainedAndClosed(family, 1));
    assertThat(saved(trainedAndClosed(family, 1))).isEqualTo(first);
    assertThat(saved(trainedAndClosed(family, 2))).isNotEqualTo(first);
  }

  @ParameterizedTest
  @MethodSource("families")
  void learnersOnTwoThreadsHoldTheBitsOfLearnersOnOne(String family) throws Exception {
    String first = saved(trainedAndClosed(family, 1));
    String second = saved(trainedAndClosed(family, 2));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 3; round++) {
        CyclicBarrier together = new CyclicBarrier(2);
        Future<String> one = threads.submit(() -> savedAfter(together, family, 1));
        Future<String> other = threads.submit(() -> savedAfter(together, family, 2));
        assertThat(one.get()).isEqualTo(first);
        assertThat(other.get()).isEqualTo(second);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void drainingMoreOrLessOftenDoesNotChangeALearner(String family) {
    try (Learner often = create(family);
        Learner never = create(family)) {
      GeneratedExamples examples = examples(often, 8);
      for (int step = 0; step < 6; step++) {
        List<Example> batch = examples.batch(often, BATCH);
        often.train(batch);
        never.train(batch);
        often.drain();
      }
      assertThat(saved(never)).isEqualTo(saved(often));
      never.drain();
      often.drain();
      assertThat(never.learnerHash()).isEqualTo(often.learnerHash());
      assertThat(never.servingHash()).isEqualTo(often.servingHash());
      assertThat(saved(never)).isEqualTo(saved(often));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void featuresThatAreNotNumbersDoNotReachTheState(String family) {
    try (Learner learner = create(family)) {
      GeneratedExamples examples = examples(learner, 8);
      List<Example> batch = new ArrayList<>();
      for (Example example : examples.batch(learner, 200)) {
        float odd = batch.size() % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        Arrays.fill(example.features().numbers(), odd);
        batch.add(example);
      }
      for (int step = 0; step < 3; step++) {
        learner.train(batch);
      }
      for (var tensor : learner.servingState().tensors().values()) {
        for (float value : tensor.data()) {
          assertThat(value).as(tensor.name()).isFinite();
        }
      }
      assertThat(learner.predict(examples.next()).probability()).isBetween(0f, 1f);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void anExampleThatCannotBeLearntIsRefusedBeforeAnythingChanged(String family) {
    try (Learner learner = trained(family, 2)) {
      String before = saved(learner);
      Example good = examples(learner, 8).batch(learner, 1).get(0);
      assertThatThrownBy(() -> learner.train(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one example");
      assertThatThrownBy(() -> learner.train(List.of(good, with(good, Float.NaN, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("label NaN");
      assertThatThrownBy(() -> learner.train(List.of(good, with(good, 1, -1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("weight -1.0");
      assertThat(saved(learner)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLearnerRanksBetterTheLongerItLearns(String family) {
    try (Learner learner = create(family)) {
      GeneratedExamples examples = examples(learner, 8);
      double first = 0;
      double last = 0;
      for (int step = 0; step < 200; step++) {
        double loss = learner.train(examples.batch(learner, BATCH)).loss();
        first += step < 50 ? loss / 50 : 0;
        last += step >= 150 ? loss / 50 : 0;
      }
      assertThat(last).isLessThan(0.95 * first);
    }
  }

  private static String savedAfter(CyclicBarrier barrier, String family, long seed)
      throws Exception {
    barrier.await();
    return saved(trainedAndClosed(family, seed));
  }

  private static Example with(Example example, float label, float weight) {
    return new Example(
        example.id(),
        example.features(),
        example.counters(),
        example.rawLogit(),
        label,
        weight,
        example.kind(),
        example.readyTime());
  }

  private static Learner trainedAndClosed(String family, long seed) {
    Learner learner = LearnerFamilies.named(family).create(TestModel.of(family).seed(seed).build());
    train(learner, examples(learner, 4), 8);
    learner.close();
    return learner;
  }

  private static Learner create(String family) {
    return LearnerFamilies.named(family).create(TestModel.of(family).build());
  }

  private static Learner trained(String family, int steps) {
    Learner learner = create(family);
    train(learner, examples(learner, 1), steps);
    return learner;
  }

  private static void train(Learner learner, GeneratedExamples examples, int steps) {
    for (int step = 0; step < steps; step++) {
      learner.train(examples.batch(learner, BATCH));
      endRound(learner, step);
      if (step % 4 == 1) {
        learner.drain();
      }
    }
  }

  private static void endRound(Learner learner, int step) {
    if (step % 2 == 0) {
      learner.endRound(GeneratedExamples.START + step * BATCH * GeneratedExamples.GAP_MS);
    }
  }

  private static GeneratedExamples examples(Learner learner, long seed) {
    return new GeneratedExamples(FeatureLayout.of(learner.settings()), seed);
  }

  /** Ids come and go within a few steps. */
  private static ModelSettings shortLived(String family) {
    return TestModel.of(family).admitAfter(2).expireAfterMs(40_000).maxRows(20).build();
  }

  /**
   * The hashes of everything that a learner goes on with, as text that failure messages can show.
   */
  private static String saved(Learner learner) {
    LearnerDelta now = learner.undrained();
    return "serving state %s, own state %s".formatted(now.servingHash(), now.learnerHash());
  }
}
