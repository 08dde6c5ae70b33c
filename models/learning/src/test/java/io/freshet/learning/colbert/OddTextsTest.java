package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.Prediction;
import io.freshet.learning.TestModel;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queries and documents that are not as they should be: learnt as far as they go, and counted. */
class OddTextsTest {

  private static final long START = 1_700_000_000_000L;

  private final ModelSettings settings = TestModel.of("colbert").build();
  private final FeatureEncoder encoder = new FeatureEncoder(settings);
  private final Learner learner = new ColbertLearning().create(settings);
  private int made;

  @AfterEach
  void close() {
    learner.close();
  }

  /**
   * @param text null where the item has none: it came without, is unknown, or was removed
   */
  private EncodedExample features(@Nullable String query, @Nullable String text) {
    Map<String, Object> item = new HashMap<>();
    if (text != null) {
      item.put("text", text);
    }
    return encoder.encode(
        new Instance("i1", item, "u", Map.of(), 1, START + made++, Map.of(), query));
  }

  /** A page of one query: a text per position, the first clicked. */
  private void page(@Nullable String query, @Nullable String... texts) {
    List<Example> batch = new ArrayList<>();
    long group = 1L + made;
    for (String text : texts) {
      EncodedExample features = features(query, text);
      Prediction prediction = learner.predict(features);
      boolean clicked = batch.isEmpty();
      batch.add(
          new Example(
              made,
              features,
              prediction.counters(),
              prediction.logit(),
              clicked ? 1 : 0,
              1,
              clicked ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
              START + made + 60_000,
              group,
              1 + batch.size(),
              Float.NaN));
    }
    learner.train(batch);
    learner.endRound(START + made);
  }

  private float documents() {
    return learner.servingState().tensor(ColbertShape.COUNT).data()[0];
  }

  private float documentsWith(String word) {
    RowTable counted = learner.servingState().table(ColbertShape.FREQUENCIES);
    int row = counted.find(Ids.of(word));
    return row < 0 ? 0 : counted.values(row)[counted.valueOffset(row)];
  }

  @Test
  void aDocumentWithoutTextMatchesByNothingIsCountedAndIsNoDocumentOfTheIdf() {
    page("kettle", "red kettle", null);
    page("kettle", null, "");
    assertThat(learner.metrics()).containsEntry("emptyDocuments", 3.0);
    assertThat(documents()).isEqualTo(1);
    assertThat(learner.notFinite()).isNull();
    float without = learner.predict(features("kettle", null)).logit();
    assertThat(learner.predict(features("another", null)).logit()).isEqualTo(without);
    assertThat(learner.predict(features("kettle", "red kettle")).logit()).isNotEqualTo(without);
  }

  @Test
  void aTextThatChangesIsAnotherDocumentAndOneThatComesBackIsNot() {
    page("kettle", "red kettle", "blue kettle");
    assertThat(documents()).isEqualTo(2);
    float before = learner.predict(features("kettle", "red kettle")).logit();
    float changed = learner.predict(features("kettle", "red mug")).logit();
    assertThat(changed).isNotEqualTo(before);

    page("kettle", "red mug", "blue kettle");
    assertThat(documents()).isEqualTo(3);
    assertThat(documentsWith("red")).isEqualTo(2);
    assertThat(documentsWith("kettle")).isEqualTo(2);

    page("kettle", null, "red mug");
    page("kettle", "red mug", "red kettle");
    assertThat(documents()).isEqualTo(3);
  }

  @Test
  void aQueryWithoutWordsAndAnUnknownOneAreCountedAndTeachNoWords() {
    ModelState before = learner.servingState().copy();
    page("", "red kettle", "blue kettle");
    page(null, "red kettle", "blue kettle");
    page("?!", "red kettle", "blue kettle");
    assertThat(learner.metrics()).containsEntry("emptyQueries", 6.0);
    assertThat(learner.servingState().tensor("projection.W").data())
        .isEqualTo(before.tensor("projection.W").data());
    assertThat(learner.servingState().table(ColbertShape.WEIGHTS).size())
        .isEqualTo(before.table(ColbertShape.WEIGHTS).size());
    assertThat(learner.notFinite()).isNull();
  }

  @Test
  void aVeryLongQueryCountsWithItsFirstWordsAndTheRestIsNotLearnt() {
    StringBuilder query = new StringBuilder("kettle");
    for (int i = 0; i < 10_000; i++) {
      query.append(" w").append(i);
    }
    page(query.toString(), "red kettle", "blue mug");
    RowTable weights = learner.servingState().table(ColbertShape.WEIGHTS);
    assertThat(weights.find(Ids.of("w3"))).isNotNegative();
    assertThat(weights.find(Ids.of("w4"))).isNegative();
  }

  @Test
  void aPageOnWhichAllWasClickedOrOneDocumentShownTwiceLeavesNumbersFinite() {
    page("kettle", "red kettle");
    page("kettle", "red kettle", "red kettle", "red kettle");
    assertThat(learner.notFinite()).isNull();
    assertThat(documents()).isEqualTo(1);
  }
}
