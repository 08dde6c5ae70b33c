package io.freshet.scoring.colbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Matches and their explanation against sums written out token by token. */
class LateInteractionTest {

  private static final int DOCUMENTS = 10;

  private final ModelSettings settings =
      new ModelsFileReader(Map.of("colbert", List.of("java")), SettingsDefaults.LIVE)
          .read(
              """
              models:
                ranker:
                  family: colbert
                  features:
                    - {name: query, from: query.text, as: tokens, length: 100, subwords: 3}
                    - {name: text, from: item.text, as: tokens, length: 100, subwords: 3}
                  ranking: {width: 24, vector: 24}
              """)
          .models()
          .get(0);
  private final ColbertShape shape = new ColbertShape(settings);
  private final ModelState state = shape.emptyState();
  private final FeatureEncoder encoder = new FeatureEncoder(settings);
  private final Random random = new Random(4);

  LateInteractionTest() {
    for (TensorSpec spec : shape.tensors()) {
      float[] data = state.tensor(spec.name()).data();
      if (spec.initial() instanceof InitialValues.Listed listed) {
        for (int i = 0; i < data.length; i++) {
          data[i] = listed.values().get(i);
        }
      }
      String side = ColbertShape.DOCUMENTS + spec.name();
      if (state.tensors().containsKey(side)) {
        System.arraycopy(data, 0, state.tensor(side).data(), 0, data.length);
      }
    }
    state.tensor(ColbertShape.COUNT).data()[0] = DOCUMENTS;
    state.tensor(ColbertShape.GENERATION).data()[1] = 1;
  }

  private long[] query(String text) {
    return encoder.encode(instance("", text)).tokens()[0];
  }

  private long[] document(String text) {
    return encoder.encode(instance(text, "")).tokens()[1];
  }

  private static Instance instance(String text, String query) {
    return new Instance("i", Map.of("text", text), null, Map.of(), 0, 0, Map.of(), query);
  }

  private void put(String table, String word, float value) {
    RowTable rows = state.table(table);
    int row = rows.findOrInsert(Ids.of(word));
    rows.values(row)[rows.valueOffset(row)] = value;
  }

  private String text(int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append("word").append(random.nextInt(12)).append(' ');
    }
    return text.toString();
  }

  @Test
  void aMatchIsTheWeighedMeanOfEveryTokensBestAndThePairsSayWhichThatWas() {
    for (int i = 0; i < 12; i++) {
      put(ColbertShape.FREQUENCIES, "word" + i, random.nextInt(DOCUMENTS));
      put(ColbertShape.WEIGHTS, "word" + i, (float) random.nextGaussian());
    }
    LateInteraction texts = LateInteraction.of(settings, state);
    int width = texts.width();
    for (int round = 0; round < 50; round++) {
      LateInteraction.Query query = texts.query(query(text(1 + random.nextInt(8))));
      float[] document = texts.document(document(text(1 + random.nextInt(90))));
      int tokens = document.length / width;
      texts.meet(query);
      float match = texts.match(document, 0, tokens);
      List<LateInteraction.Pair> pairs = texts.pairs(document, 0, tokens);
      double sum = 0;
      for (int i = 0; i < query.tokens(); i++) {
        double best = -2;
        int where = -1;
        for (int j = 0; j < tokens; j++) {
          double product = 0;
          for (int k = 0; k < width; k++) {
            product += (double) query.vectors()[i * width + k] * document[j * width + k];
          }
          if (product > best + 1e-6) {
            best = product;
            where = j;
          }
        }
        sum += query.weights()[i] * best;
        int token = i;
        LateInteraction.Pair pair =
            pairs.stream().filter(one -> one.queryToken() == token).findFirst().orElseThrow();
        assertThat(pair.documentToken()).isEqualTo(where);
        assertThat(pair.similarity()).isEqualTo((float) best, within(1e-5f));
        assertThat(pair.part()).isEqualTo((float) (query.weights()[i] * best), within(1e-5f));
      }
      assertThat(match).isEqualTo((float) sum, within(1e-5f));
      assertThat(pairs)
          .hasSize(query.tokens())
          .isSortedAccordingTo(Comparator.comparing((LateInteraction.Pair pair) -> -pair.part()));
    }
  }

  @Test
  void queryTokensStartFromTheirIdfAndLearningScalesIt() {
    put(ColbertShape.FREQUENCIES, "common", 9);
    put(ColbertShape.FREQUENCIES, "rare", 1);
    put(ColbertShape.WEIGHTS, "rare", 0.5f);
    put(ColbertShape.WEIGHTS, "new", 99);
    double common = Math.log(1 + (DOCUMENTS - 9 + 0.5) / (9 + 0.5));
    double rare = Math.log(1 + (DOCUMENTS - 1 + 0.5) / (1 + 0.5)) * Math.exp(0.5);
    double unseen = Math.log(1 + (DOCUMENTS + 0.5) / 0.5) * Math.exp(4);
    double all = common + rare + unseen;
    float[] shares = LateInteraction.of(settings, state).query(query("common rare new")).weights();
    assertThat(shares)
        .containsExactly(
            new float[] {(float) (common / all), (float) (rare / all), (float) (unseen / all)},
            within(1e-5f));
  }

  @Test
  void aQueryOrADocumentWithoutTokensMatchesByNothingAndHasNoPairs() {
    LateInteraction texts = LateInteraction.of(settings, state);
    float[] document = texts.document(document("a document"));
    texts.meet(texts.query(query("")));
    assertThat(texts.match(document, 0, 2)).isZero();
    assertThat(texts.pairs(document, 0, 2)).isEmpty();
    texts.meet(texts.query(query("a query")));
    assertThat(texts.match(texts.document(document("!")), 0, 0)).isZero();
    assertThat(texts.pairs(new float[0], 0, 0)).isEmpty();
  }

  @Test
  void ofAQueryOfTenThousandWordsTheDeclaredLengthCounts() {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      words.append("w").append(i).append(' ');
    }
    LateInteraction texts = LateInteraction.of(settings, state);
    LateInteraction.Query query = texts.query(query(words.toString()));
    assertThat(query.tokens()).isEqualTo(100);
    texts.meet(query);
    float[] document = texts.document(document("w99 w100"));
    assertThat(texts.match(document, 0, 2)).isBetween(0.01f, 1f);
  }
}
