package io.freshet.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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
  void predictingChangesNothing(String family) throws IOException {
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
  void aResumedLearnerContinuesBitForBitWhateverStepItWasSavedAt(String family) throws IOException {
    for (int cut = 0; cut <= 9; cut += 3) {
      try (Learner unbroken = create(family)) {
        GeneratedExamples examples = examples(unbroken, 7);
        train(unbroken, examples, cut);
        try (Learner resumed = resume(unbroken.settings(), bytes(unbroken))) {
          assertThat(saved(resumed)).isEqualTo(saved(unbroken));
          assertThat(resumed.learnerHash()).isEqualTo(unbroken.learnerHash());
          assertThat(resumed.servingHash()).isEqualTo(unbroken.servingHash());
          for (int step = 0; step < 6; step++) {
            List<Example> batch = examples.batch(unbroken, BATCH);
            for (Example example : batch) {
              assertThat(resumed.predict(example.features()).logit()).isEqualTo(example.rawLogit());
            }
            assertThat(resumed.train(batch).loss()).isEqualTo(unbroken.train(batch).loss());
            endRound(unbroken, step);
            endRound(resumed, step);
          }
          assertThat(saved(resumed)).isEqualTo(saved(unbroken));
          resumed.drain();
          unbroken.drain();
          assertThat(resumed.servingHash()).isEqualTo(unbroken.servingHash());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void gradientNoiseIsAnOptionThatIsRepeatableAndSaved(String family) throws IOException {
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
      try (Learner resumed = resume(noisy, bytes(unbroken))) {
        train(unbroken, examples(unbroken, 8), 9);
        train(resumed, examples(resumed, 8), 9);
        assertThat(saved(resumed)).isEqualTo(saved(unbroken));
        assertThat(resumed.metrics()).isEqualTo(unbroken.metrics());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aReaderOfAnAnchorAndAllDeltasHoldsTheLearnersState(String family) {
    ModelSettings settings =
        TestModel.of(family).admitAfter(2).expireAfterMs(40_000).maxRows(20).build();
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = learning.create(settings)) {
      GeneratedExamples examples = examples(learner, 3);
      ModelState reader = learning.scoring().emptyState(settings);
      StateHash hash = new StateHash();
      hash.reset(reader.computeHash());
      int removed = 0;
      for (int step = 0; step < 40; step++) {
        learner.train(examples.batch(learner, BATCH));
        endRound(learner, step);
        if (step % 3 == 0) {
          var delta = learner.drain();
          removed += delta.tables().stream().mapToInt(rows -> rows.removed().length).sum();
          reader.apply(delta, hash);
          assertThat(hash.value()).isEqualTo(learner.servingHash());
          assertThat(reader.computeHash()).isEqualTo(learner.servingHash());
          assertThat(learner.servingState().computeHash()).isEqualTo(learner.servingHash());
        }
      }
      assertThat(removed).as("rows that went").isPositive();
      assertThat(learner.drain().tables()).as("nothing changed since").isEmpty();
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
  void theSameSeedGivesTheSameBitsAndAnotherSeedOthers(String family) throws IOException {
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
  void drainingMoreOrLessOftenDoesNotChangeALearner(String family) throws IOException {
    try (Learner often = create(family);
        Learner never = create(family)) {
      GeneratedExamples examples = examples(often, 8);
      for (int step = 0; step < 6; step++) {
        List<Example> batch = examples.batch(often, BATCH);
        often.train(batch);
        never.train(batch);
        often.drain();
      }
      assertThat(never.learnerHash()).isEqualTo(often.learnerHash());
      never.drain();
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
  void anExampleThatCannotBeLearntIsRefusedBeforeAnythingChanged(String family) throws IOException {
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

  /** Everything that is saved, as text that failure messages can show. */
  private static String saved(Learner learner) throws IOException {
    byte[] bytes = bytes(learner);
    return "%d bytes, %x".formatted(bytes.length, Hashing.xxh3_64().hashBytesToLong(bytes));
  }

  private static byte[] bytes(Learner learner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    learner.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Learner resume(ModelSettings settings, byte[] bytes) throws IOException {
    return LearnerFamilies.named(settings.family())
        .resume(settings, new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}
