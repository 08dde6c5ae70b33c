package io.freshet.learning.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.TestModel;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Statistics of the serving state, seen through a learner. */
class StatisticsTest {

  @Test
  void standardisationIsTheIdentityUntilAHundredValuesWereSeenAndThenTheirMeanAndVariance() {
    try (Learner learner = LearnerFamilies.named("din").create(TestModel.of("din").build())) {
      GeneratedExamples examples = new GeneratedExamples(FeatureLayout.of(learner.settings()), 1);
      double sum = 0;
      double squares = 0;
      int n = 0;
      while (n < 150) {
        List<Example> batch = examples.batch(learner, 10);
        for (Example example : batch) {
          float price = example.features().numbers()[0];
          if (!Float.isNaN(price)) {
            sum += price;
            squares += (double) price * price;
            n++;
          }
        }
        learner.train(batch);
        double mean = n < 100 ? 0 : sum / n;
        double variance = n < 100 ? 1 : squares / n - mean * mean;
        assertThat(tensor(learner, "dense.count")[0]).isEqualTo(n);
        assertThat(tensor(learner, "dense.mean")[0]).isCloseTo((float) mean, within(1e-4f));
        assertThat(tensor(learner, "dense.var")[0]).isCloseTo((float) variance, within(1e-3f));
      }
      assertThat(tensor(learner, "dense.count")[1]).as("a missing indicator").isEqualTo(0);
    }
  }

  @Test
  void aDamagedNumberDoesNotHideTheOthersAndANewScaleIsLearnt() {
    try (Learner learner = LearnerFamilies.named("din").create(TestModel.of("din").build())) {
      GeneratedExamples examples = new GeneratedExamples(FeatureLayout.of(learner.settings()), 1);
      learner.train(examples.batch(learner, 1_000));
      float variance = tensor(learner, "dense.var")[0];
      List<Example> damaged = examples.batch(learner, 10);
      damaged.get(3).features().numbers()[0] = 1e17f;
      damaged.get(5).features().numbers()[0] = -Float.MAX_VALUE;
      learner.train(damaged);
      assertThat(tensor(learner, "dense.var")[0]).isLessThan(2 * variance);
      assertThat(tensor(learner, "dense.mean")[0]).isBetween(2f, 4f);
      List<Example> larger = examples.batch(learner, 8_000);
      larger.forEach(example -> example.features().numbers()[0] *= 1_000);
      learner.train(larger);
      assertThat(tensor(learner, "dense.var")[0]).isBetween(0.3e6f * variance, 1.5e6f * variance);
    }
  }

  @Test
  void diceStatisticsMoveByAHundredthOfTheWayToTheBatchs() {
    try (Learner learner =
        LearnerFamilies.named("din")
            .create(TestModel.of("din").activation(Activation.DICE).build())) {
      GeneratedExamples examples = new GeneratedExamples(FeatureLayout.of(learner.settings()), 1);
      learner.train(examples.batch(learner, 16));
      for (String layer : List.of("mlp.0", "mlp.1", "att.clicked.0", "att.passed.1")) {
        for (float mean : tensor(learner, layer + ".mean")) {
          assertThat(mean).as(layer).isNotEqualTo(0).isBetween(-0.1f, 0.1f);
        }
        for (float variance : tensor(learner, layer + ".var")) {
          assertThat(variance).as(layer).isNotEqualTo(1).isBetween(0.98f, 1.1f);
        }
      }
    }
  }

  private static float[] tensor(Learner learner, String name) {
    return learner.servingState().tensor(name).data();
  }
}
