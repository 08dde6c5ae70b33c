package io.freshet.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
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
      byte[] before = saved(learner);
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
  void aResumedLearnerContinuesBitForBitWhateverStepItWasSavedAt(String family) throws IOException {
    for (int cut = 0; cut <= 9; cut += 3) {
      try (Learner unbroken = create(family)) {
        GeneratedExamples examples = examples(unbroken, 7);
        train(unbroken, examples, cut);
        byte[] bytes = saved(unbroken);
        try (Learner resumed = resume(unbroken.settings(), bytes)) {
          assertThat(saved(resumed)).isEqualTo(bytes);
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
  void aReaderOfAnAnchorAndAllDeltasHoldsTheLearnersState(String family) {
    ModelSettings settings =
        TestModel.of(family).admitAfter(2).expireAfterMs(40_000).maxRows(20).build();
    LearnerFamily learning = LearnerFamilies.named(family);
    try (Learner learner = learning.create(settings)) {
      GeneratedExamples examples = examples(learner, 3);
      ModelState reader = learning.scoring().emptyState(settings);
      StateHash hash = new StateHash();
      int removed = 0;
      for (int step = 0; step < 40; step++) {
        learner.train(examples.batch(learner, BATCH));
        endRound(learner, step);
        if (step % 3 == 0) {
          var delta = learner.drain();
          removed += delta.tables().stream().mapToInt(rows -> rows.removed().length).sum();
          reader.apply(delta, hash);
          if (step == 0) {
            for (var tensor : learner.servingState().tensors().values()) {
              hash.addTensor(tensor);
            }
            hash.reset(reader.computeHash());
          }
          assertThat(hash.value()).isEqualTo(learner.servingHash());
          assertThat(reader.computeHash()).isEqualTo(learner.servingHash());
          assertThat(learner.servingState().computeHash()).isEqualTo(learner.servingHash());
        }
      }
      assertThat(removed).as("rows that went").isPositive();
      assertThat(learner.drain().tables())
          .as("nothing changed since")
          .satisfiesAnyOf(
              tables -> assertThat(tables).isEmpty(), tables -> assertThat(39 % 3).isEqualTo(0));
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
    byte[] first = saved(trainedAndClosed(family, 1));
    assertThat(saved(trainedAndClosed(family, 1))).isEqualTo(first);
    assertThat(saved(trainedAndClosed(family, 2))).isNotEqualTo(first);
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

  private static byte[] saved(Learner learner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    learner.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Learner resume(ModelSettings settings, byte[] bytes) throws IOException {
    return LearnerFamilies.named(settings.family())
        .resume(settings, new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}
