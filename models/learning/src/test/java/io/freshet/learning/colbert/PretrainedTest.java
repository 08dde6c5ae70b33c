package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.TestModel;
import io.freshet.learning.engine.TinyEncoder;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose words start from what a pretrained encoder knows. */
class PretrainedTest {

  private static final long START = 1_700_000_000_000L;
  private static final List<String> ENTRIES =
      List.of("[UNK]", "[CLS]", "[SEP]", "kettle", "teapot", "lamp", "torch");
  private static final float[][] ROWS = {
    {0, 0, 0, 0},
    {1, 1, 1, 1},
    {1, 1, 1, 1},
    {4, 1, 0, 0},
    {4, 0, 1, 0},
    {-4, 1, 0, 1},
    {-4, 0, 1, 1}
  };

  @TempDir Path folder;
  private ModelSettings settings;

  @BeforeEach
  void write() throws IOException {
    TinyEncoder.tokenizer(folder.resolve("tokenizer.json"), ENTRIES);
    TinyEncoder.model(folder.resolve("encoder.pt"), ROWS);
    settings = settings("encoder.pt");
  }

  private ModelSettings settings(String model) {
    RankingSettings plain = RankingSettings.DEFAULT;
    return TestModel.of("colbert")
        .ranking(
            new RankingSettings(
                4,
                4,
                0,
                0,
                plain.projection(),
                plain.loss(),
                plain.temperature(),
                plain.negatives(),
                plain.examination(),
                "",
                0.5,
                plain.tokens(),
                1,
                0,
                new RankingSettings.Pretrained(
                    folder.resolve("tokenizer.json").toString(), folder.resolve(model).toString())))
        .build();
  }

  private EncodedExample features(String query, String text) {
    return new FeatureEncoder(settings)
        .encode(new Instance("i", Map.of("text", text), "u", Map.of(), 1, START, Map.of(), query));
  }

  /** Pages without a click, which teach no words, and the end of a round. */
  private void show(Learner learner, String query, String... texts) {
    List<Example> batch = new ArrayList<>();
    for (String text : texts) {
      EncodedExample features = features(query, text);
      batch.add(
          new Example(
              batch.size(),
              features,
              learner.predict(features).counters(),
              0,
              0,
              1,
              Example.Kind.NEGATIVE,
              START + 60_000,
              1,
              1 + batch.size(),
              Float.NaN));
    }
    learner.train(batch);
    learner.endRound(START);
  }

  @Test
  void wordsOfLikeMeaningMatchBeforeAnythingWasClickedAndReadersNeedNoEncoder() {
    try (Learner learner = new ColbertLearning().create(settings)) {
      show(learner, "kettle", "teapot", "lamp", "torch");
      float alike = learner.predict(features("kettle", "teapot")).logit();
      float unlike = learner.predict(features("kettle", "torch")).logit();
      assertThat(alike).isGreaterThan(unlike + 1);

      ModelState reader = learner.servingState().copy();
      var scorer = new ColbertScoring().scorer(settings, reader);
      assertThat(scorer.logit(features("kettle", "teapot"))).isEqualTo(alike);
      assertThat(scorer.logit(features("kettle", "torch"))).isEqualTo(unlike);
    }
  }

  @Test
  void aResumedLearnerStartsNewWordsWhereItWouldHaveWithoutABreak() {
    try (Learner learner = new ColbertLearning().create(settings)) {
      show(learner, "kettle", "teapot");
      LearnerState state = learner.snapshot();
      try (Learner resumed =
          new ColbertLearning().resume(settings, state, LearnerDelta.none(state))) {
        show(learner, "lamp", "torch", "teapot");
        show(resumed, "lamp", "torch", "teapot");
        assertThat(resumed.undrained().servingHash()).isEqualTo(learner.undrained().servingHash());
        assertThat(resumed.undrained().learnerHash()).isEqualTo(learner.undrained().learnerHash());
      }
    }
  }

  @Test
  void aLearnerDoesNotGoOnWithAnotherEncoder() throws IOException {
    LearnerState state;
    try (Learner learner = new ColbertLearning().create(settings)) {
      show(learner, "kettle", "teapot");
      state = learner.snapshot();
    }
    float[][] others = ROWS.clone();
    others[3] = new float[] {1, 2, 3, 4};
    TinyEncoder.model(folder.resolve("encoder.pt"), others);
    assertThatThrownBy(
            () -> new ColbertLearning().resume(settings, state, LearnerDelta.none(state)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ranking.pretrained: must be the files that the model began with");
  }

  @Test
  void aLearnerWhoseEncoderIsNotThereDoesNotStartAndTheLayoutOfItsStateNeedsNone() {
    ModelSettings missing = settings("missing.pt");
    assertThatThrownBy(() -> new ColbertLearning().create(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ranking.pretrained.model: must be a file that can be read");
    assertThat(new ColbertLearning().emptyState(missing).serving().tensors()).isNotEmpty();
  }
}
