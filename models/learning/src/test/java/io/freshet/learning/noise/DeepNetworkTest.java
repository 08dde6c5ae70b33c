package io.freshet.learning.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.TestModel;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeepNetworkTest {

  private static final int BATCH = 32;

  @Test
  void twentyLayersScoreAsTheirEngineComputesThemAndEveryLayerLearns() {
    ModelSettings settings =
        TestModel.of("noise-mlp")
            .activation(Activation.PRELU)
            .units(Collections.nCopies(20, 12))
            .build();
    try (Learner learner = LearnerFamilies.named("noise-mlp").create(settings)) {
      GeneratedExamples examples = new GeneratedExamples(FeatureLayout.of(settings), 1);
      float[][] before = new float[20][];
      for (int l = 0; l < 20; l++) {
        before[l] = learner.servingState().tensor("mlp." + l + ".W").data().clone();
      }
      double first = 0;
      double last = 0;
      for (int step = 0; step < 120; step++) {
        List<Example> batch = examples.batch(learner, BATCH);
        float[] predicted = new float[BATCH];
        for (int e = 0; e < BATCH; e++) {
          predicted[e] = learner.predict(batch.get(e).features()).probability();
        }
        var result = learner.train(batch);
        assertThat(result.predictions()).containsExactly(predicted, within(1e-5f));
        first += step < 30 ? result.loss() / 30 : 0;
        last += step >= 90 ? result.loss() / 30 : 0;
      }
      assertThat(last).isLessThan(first);
      for (int l = 0; l < 20; l++) {
        assertThat(learner.servingState().tensor("mlp." + l + ".W").data())
            .as("layer %d", l)
            .isNotEqualTo(before[l]);
      }
    }
  }
}
