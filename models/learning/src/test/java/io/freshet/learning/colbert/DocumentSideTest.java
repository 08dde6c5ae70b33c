package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.TestModel;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.colbert.LateInteraction;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.StateDelta;
import org.junit.jupiter.api.Test;

class DocumentSideTest {

  private final ModelSettings settings = TestModel.of("colbert").build();
  private final ColbertShape shape = new ColbertShape(settings);

  @Test
  void documentVectorsStandStillBetweenGenerationsWhileQueriesLearn() {
    try (Learner learner = new ColbertLearning().create(settings)) {
      GeneratedExamples examples = new GeneratedExamples(shape.layout(), 5);
      EncodedExample example = examples.next();
      while (example.tokens()[0].length == 0 || example.tokens()[1].length == 0) {
        example = examples.next();
      }
      long[] document = shape.document(example);
      long[] query = shape.query(example);
      LateInteraction texts = LateInteraction.of(settings, learner.servingState());
      float[] before = texts.document(document);
      float[] queryBefore = texts.query(query).vectors();
      long generation = texts.generation();

      for (int step = 0; step < 5; step++) {
        learner.train(examples.batch(learner, 16));
      }
      learner.endRound(GeneratedExamples.START);

      assertThat(texts.document(document)).isEqualTo(before);
      assertThat(texts.generation()).isEqualTo(generation);
      assertThat(texts.query(query).vectors()).isNotEqualTo(queryBefore);

      learner.endRound(GeneratedExamples.START);

      assertThat(texts.generation()).isNotEqualTo(generation);
      assertThat(texts.document(document)).isNotEqualTo(before);
    }
  }

  @Test
  void versionBetweenGenerationsCarriesNothingOfTheDocumentSide() {
    try (Learner learner = new ColbertLearning().create(settings)) {
      GeneratedExamples examples = new GeneratedExamples(shape.layout(), 5);
      learner.train(examples.batch(learner, 16));
      learner.drain();
      learner.train(examples.batch(learner, 16));
      learner.endRound(GeneratedExamples.START);

      StateDelta delta = learner.drain().serving();

      assertThat(delta.tensors())
          .extracting(tensor -> tensor.name())
          .contains("projection.W")
          .noneMatch(name -> name.startsWith(ColbertShape.DOCUMENTS));
      assertThat(delta.tables())
          .extracting(StateDelta.Rows::table)
          .contains(ColbertShape.WORDS)
          .doesNotContain(ColbertShape.DOCUMENTS + ColbertShape.WORDS);
    }
  }
}
