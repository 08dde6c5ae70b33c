package io.freshet.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Input that says nothing, or cannot be, harms no learner of any family in the registry. */
class BadInputTest {

  private static final int BATCH = 16;

  static Stream<String> families() {
    return LearnerFamilies.all().stream().map(family -> family.scoring().name());
  }

  /** What a test makes of a stream whose labels hang on the first id. */
  private static final class Lesson {

    private final Learner learner;
    private final GeneratedExamples examples;
    private final Random random = new Random(3);
    private int steps;

    Lesson(Learner learner) {
      this.learner = learner;
      this.examples = new GeneratedExamples(FeatureLayout.of(learner.settings()), 1);
    }

    /** The mean loss of so many steps, each from before it. */
    double train(int count, Consumer<EncodedExample> spoil) {
      return train(count, spoil, Float.NaN);
    }

    /**
     * @param only the label of all examples, NaN for their own
     */
    double train(int count, Consumer<EncodedExample> spoil, float only) {
      double loss = 0;
      for (int i = 0; i < count; i++) {
        List<Example> batch = new ArrayList<>();
        for (int e = 0; e < BATCH; e++) {
          EncodedExample features = examples.next();
          boolean liked = Math.floorMod(features.ids()[0] * 31, 3) == 0;
          float own = random.nextDouble() < (liked ? 0.8 : 0.1) ? 1 : 0;
          spoil.accept(features);
          batch.add(example(e, features, Float.isNaN(only) ? own : only));
        }
        loss += learner.train(batch).loss() / count;
        if (++steps % 4 == 0) {
          learner.endRound(batch.get(BATCH - 1).readyTime());
        }
      }
      return loss;
    }

    Example example(int e, EncodedExample features, float label) {
      Prediction prediction = learner.predict(features);
      return new Example(
          31L * steps + e,
          features,
          prediction.counters(),
          prediction.logit(),
          label,
          1,
          label > 0 ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
          features.eventTime() + 60_000,
          e < BATCH / 4 ? 0 : 1 + e / 4,
          1 + e % 4,
          Float.NaN);
    }

    void assertFinite() {
      LearnerState state = learner.snapshot();
      assertFinite(state.serving());
      assertFinite(state.own());
      assertThat(learner.predict(examples.next()).probability()).isBetween(0f, 1f);
    }

    private static void assertFinite(ModelState state) {
      for (Tensor tensor : state.tensors().values()) {
        // numbers of other kinds lie as bits in floats of the learner's own state
        if (!tensor.name().contains("numbers")) {
          for (float value : tensor.data()) {
            assertThat(value).as(tensor.name()).isFinite();
          }
        }
      }
    }
  }

  private static Learner learner(String family) {
    return LearnerFamilies.named(family).create(TestModel.of(family).build());
  }

  @ParameterizedTest
  @MethodSource("families")
  void aStreamOfOneLabelIsLearntAndThenWhatComesAfterIt(String family) {
    for (float label : new float[] {0, 1}) {
      try (Learner learner = learner(family)) {
        Lesson lesson = new Lesson(learner);
        lesson.train(200, features -> {}, label);
        lesson.assertFinite();
        float p = learner.predict(lesson.examples.next()).probability();
        assertThat(Math.abs(p - label)).as("all but sure of %s", label).isLessThan(0.2f);
        double early = lesson.train(30, features -> {});
        double late = lesson.train(200, features -> {});
        assertThat(late).as("after one label %s", label).isLessThan(early);
        lesson.assertFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aNumberThatNeverChangesDoesNotKeepTheRestFromBeingLearnt(String family) {
    for (float constant :
        new float[] {0, 5, -Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY}) {
      try (Learner learner = learner(family)) {
        Lesson lesson = new Lesson(learner);
        double early = lesson.train(50, features -> Arrays.fill(features.numbers(), constant));
        lesson.train(150, features -> Arrays.fill(features.numbers(), constant));
        double late = lesson.train(50, features -> Arrays.fill(features.numbers(), constant));
        assertThat(late).as("beside a constant %s", constant).isLessThan(early);
        lesson.assertFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void numbersThatAreNoneAmongGoodOnesLeaveTheGoodOnesTheirUse(String family) {
    try (Learner learner = learner(family)) {
      Lesson lesson = new Lesson(learner);
      float[] none = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -3e38f
      };
      Random random = new Random(5);
      Consumer<EncodedExample> spoil =
          features -> {
            if (random.nextInt(4) == 0) {
              Arrays.fill(features.numbers(), none[random.nextInt(none.length)]);
            }
          };
      double early = lesson.train(50, spoil);
      lesson.train(150, spoil);
      double late = lesson.train(50, spoil);
      assertThat(late).isLessThan(early);
      lesson.assertFinite();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aFeatureThatAppearsLaterIsLearntFromThenOn(String family) {
    try (Learner learner = learner(family)) {
      Lesson lesson = new Lesson(learner);
      Consumer<EncodedExample> missing =
          features -> {
            Arrays.fill(features.ids(), Ids.MISSING);
            Arrays.fill(features.counterIds(), Ids.MISSING);
            Arrays.fill(features.crosses(), Ids.MISSING);
            Arrays.fill(features.numbers(), Float.NaN);
            Arrays.fill(features.bags(), new long[0]);
            Arrays.fill(features.tokens(), new long[0]);
          };
      lesson.train(150, missing);
      lesson.assertFinite();
      double without = lesson.train(50, missing);
      lesson.train(250, features -> {});
      double with = lesson.train(50, features -> {});
      assertThat(with).isLessThan(without - 0.02);
      lesson.assertFinite();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aLabelOutOfRangeIsRefusedAndNothingOfItsBatchLearnt(String family) {
    try (Learner learner = learner(family)) {
      Lesson lesson = new Lesson(learner);
      lesson.train(5, features -> {});
      LearnerDelta before = learner.undrained();
      for (float label : new float[] {2, -1, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
        List<Example> batch =
            List.of(
                lesson.example(0, lesson.examples.next(), 1),
                lesson.example(1, lesson.examples.next(), label));
        assertThatThrownBy(() -> learner.train(batch))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("must have label 0 or 1")
            .hasMessageContaining("label " + label);
      }
      LearnerDelta after = learner.undrained();
      assertThat(after.servingHash()).isEqualTo(before.servingHash());
      assertThat(after.learnerHash()).isEqualTo(before.learnerHash());
      assertThat(learner.step()).isEqualTo(5);
    }
  }
}
