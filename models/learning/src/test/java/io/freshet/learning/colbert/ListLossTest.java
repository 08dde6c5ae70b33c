package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.settings.RankingSettings.Loss;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values against the formulas written out pair by pair, gradients against differences. */
class ListLossTest {

  private static final float STEP = 1e-2f;

  private final Random random = new Random(5);

  private float[] scores(int documents) {
    float[] scores = new float[documents];
    for (int i = 0; i < documents; i++) {
      scores[i] = 2 * (float) random.nextGaussian();
    }
    return scores;
  }

  /** Some are clicked, with weights of 0.5 to 3.5. */
  private float[] clicks(int documents) {
    float[] clicks = new float[documents];
    for (int i = 0; i < documents; i++) {
      clicks[i] = random.nextInt(3) == 0 ? 0.5f + 3 * random.nextFloat() : 0;
    }
    return clicks;
  }

  private static double loss(Loss loss, float[] scores, float[] clicks) {
    return ListLoss.add(loss, scores, clicks, new double[scores.length], 1);
  }

  private static double expected(Loss loss, float[] scores, float[] clicks) {
    int[] clicked = IntStream.range(0, scores.length).filter(i -> clicks[i] > 0).toArray();
    int[] others = IntStream.range(0, scores.length).filter(i -> clicks[i] == 0).toArray();
    if (clicked.length == 0 || scores.length < 2) {
      return 0;
    }
    if (loss == Loss.SOFTMAX) {
      double all = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i])).sum();
      return Arrays.stream(clicked)
          .mapToDouble(c -> -clicks[c] * Math.log(Math.exp(scores[c]) / all))
          .average()
          .orElseThrow();
    }
    double sum = 0;
    for (int c : clicked) {
      for (int n : others) {
        double ahead = (double) scores[c] - scores[n];
        sum +=
            clicks[c]
                * switch (loss) {
                  case LOGISTIC -> Math.log(1 + Math.exp(-ahead));
                  case HINGE -> Math.max(0, 1 - ahead);
                  case POINTWISE, SOFTMAX -> 0;
                };
      }
    }
    return others.length == 0 ? 0 : sum / (clicked.length * others.length);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aLossIsItsFormulaOverClickedAndUnclickedDocuments(Loss loss) {
    for (int list = 0; list < 200; list++) {
      int documents = 1 + random.nextInt(6);
      float[] scores = scores(documents);
      float[] clicks = clicks(documents);
      assertThat(loss(loss, scores, clicks))
          .isEqualTo(expected(loss, scores, clicks), within(1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aGradientIsTheSlopeOfItsLoss(Loss loss) {
    for (int list = 0; list < 100; list++) {
      int documents = 2 + random.nextInt(5);
      float[] scores = scores(documents);
      float[] clicks = clicks(documents);
      double[] gradient = new double[documents];
      ListLoss.add(loss, scores, clicks, gradient, 1);
      assertSlopes(gradient, scores, moved -> expected(loss, moved, clicks));
    }
  }

  /** Where a hinge bends within a step, the slopes to both sides differ. */
  private static void assertSlopes(
      double[] gradient, float[] scores, ToDoubleFunction<float[]> loss) {
    double here = loss.applyAsDouble(scores);
    for (int i = 0; i < scores.length; i++) {
      float[] moved = scores.clone();
      moved[i] = scores[i] + STEP;
      double ahead = (loss.applyAsDouble(moved) - here) / (moved[i] - scores[i]);
      moved[i] = scores[i] - STEP;
      double behind = (here - loss.applyAsDouble(moved)) / (scores[i] - moved[i]);
      assertThat(gradient[i])
          .isBetween(Math.min(ahead, behind) - 1e-4, Math.max(ahead, behind) + 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aListWithoutAClickAndOneOfOneDocumentTeachNothing(Loss loss) {
    double[] gradient = new double[3];
    assertThat(ListLoss.add(loss, new float[] {1, 2, 3}, new float[3], gradient, 1)).isZero();
    assertThat(ListLoss.add(loss, new float[] {1}, new float[] {2}, gradient, 1)).isZero();
    assertThat(gradient).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void theFactorScalesLossAndGradientWhichAddsToWhatIsThere(Loss loss) {
    float[] scores = {0.5f, -1, 2};
    float[] clicks = {1, 0, 0};
    double[] once = new double[3];
    double value = ListLoss.add(loss, scores, clicks, once, 1);
    double[] twice = {10, 20, 30};
    assertThat(ListLoss.add(loss, scores, clicks, twice, 2)).isEqualTo(2 * value, within(1e-12));
    for (int i = 0; i < 3; i++) {
      assertThat(twice[i]).isEqualTo(10 * (i + 1) + 2 * once[i], within(1e-12));
    }
  }

  @Test
  void distillationIsTheCrossEntropyOfTheTeachersShares() {
    for (int list = 0; list < 100; list++) {
      int documents = 2 + random.nextInt(5);
      float[] scores = scores(documents);
      float[] teacher = scores(documents);
      double[] gradient = new double[documents];
      double loss = ListLoss.distil(scores, teacher, gradient, 1);
      assertThat(loss).isEqualTo(crossEntropy(scores, teacher), within(1e-5));
      assertSlopes(gradient, scores, moved -> crossEntropy(moved, teacher));
    }
  }

  private static double crossEntropy(float[] scores, float[] teacher) {
    double[] wanted = shares(teacher);
    double[] student = shares(scores);
    return IntStream.range(0, scores.length)
        .mapToDouble(i -> -wanted[i] * Math.log(student[i]))
        .sum();
  }

  private static double[] shares(float[] scores) {
    double all = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i])).sum();
    return IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i]) / all).toArray();
  }

  @Test
  void aStudentThatRanksAsItsTeacherLearnsNothing() {
    float[] scores = scores(5);
    float[] teacher = scores.clone();
    for (int i = 0; i < teacher.length; i++) {
      teacher[i] += 7;
    }
    double[] gradient = new double[5];
    ListLoss.distil(scores, teacher, gradient, 1);
    assertThat(gradient).containsExactly(new double[5], within(1e-6));
  }

  @Test
  void scoresFarApartGiveFiniteLosses() {
    float[] scores = {-5_000, 5_000};
    for (Loss loss : Loss.values()) {
      double[] gradient = new double[2];
      assertThat(ListLoss.add(loss, scores, new float[] {1, 0}, gradient, 1)).isFinite();
      assertThat(gradient).doesNotContain(Double.NaN);
    }
  }
}
