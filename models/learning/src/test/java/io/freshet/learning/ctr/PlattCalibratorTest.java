package io.freshet.learning.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.TestModel;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlattCalibratorTest {

  @Test
  void findsTheSlopeAndOffsetOfMiscalibratedLogits() {
    PlattCalibrator calibrator = new PlattCalibrator();
    Random random = new Random(1);
    for (int i = 0; i < 40_000; i++) {
      float logit = (float) (-2 + 1.5 * random.nextGaussian());
      double p = 1 / (1 + Math.exp(-(0.6 * logit - 0.8)));
      calibrator.learn(logit, random.nextDouble() < p ? 1 : 0, 1);
    }
    float[] found = found(calibrator);
    // About three standard errors over the window of 10,000, and the pull of the prior.
    assertThat(found[0]).isCloseTo(0.6f, within(0.12f));
    assertThat(found[1]).isCloseTo(-0.8f, within(0.2f));
  }

  @Test
  void leavesCalibratedLogitsAlone() {
    PlattCalibrator calibrator = new PlattCalibrator();
    Random random = new Random(2);
    for (int i = 0; i < 40_000; i++) {
      float logit = (float) (-3 + random.nextGaussian());
      calibrator.learn(logit, random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0, 1);
      float[] found = found(calibrator);
      assertThat(found[0]).isCloseTo(1, within(0.3f));
      assertThat(found[1]).isCloseTo(0, within(0.7f));
    }
  }

  @Test
  void oneLabelAloneOrWildLogitsMoveItWithinBoundsOnly() {
    PlattCalibrator calibrator = new PlattCalibrator();
    for (int i = 0; i < 20_000; i++) {
      calibrator.learn(i % 3 == 0 ? 1e4f : -50, 0, 1);
      float[] found = found(calibrator);
      assertThat(found[0]).isBetween(0.2f, 5f);
      assertThat(found[1]).isBetween(-5f, 5f);
    }
  }

  @Test
  void takesEffectAtTheEndOfARound() {
    try (Learner learner = LearnerFamilies.named("din").create(TestModel.of("din").build())) {
      List<Example> batch = batch(learner);
      learner.train(batch);
      assertThat(calibration(learner)).containsExactly(1, 0);
      learner.endRound(GeneratedExamples.START);
      assertThat(calibration(learner)[1]).isNotEqualTo(0);
    }
  }

  @Test
  void staysOutWhereSettingsSaySo() {
    try (Learner learner =
        LearnerFamilies.named("din")
            .create(TestModel.of("din").calibration(Calibration.NONE).build())) {
      learner.train(batch(learner));
      learner.endRound(GeneratedExamples.START);
      assertThat(calibration(learner)).containsExactly(1, 0);
    }
  }

  private static List<Example> batch(Learner learner) {
    return new GeneratedExamples(FeatureLayout.of(learner.settings()), 1).batch(learner, 50);
  }

  private static float[] calibration(Learner learner) {
    return learner.servingState().tensor("calibration").data();
  }

  private static float[] found(PlattCalibrator calibrator) {
    Tensor tensor = Tensor.zeros("calibration", 2);
    calibrator.apply(tensor, new LearnerChanges(new ModelState(List.of(tensor), List.of())));
    return tensor.data();
  }
}
