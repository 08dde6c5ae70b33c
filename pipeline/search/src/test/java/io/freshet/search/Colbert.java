package io.freshet.search;

import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.List;
import java.util.Map;

/** Late-interaction models made by hand: hashed words, and what a test says was learnt. */
final class Colbert {

  static final int WIDTH = 32;

  /** So long that where a word began is next to nothing. */
  private static final float FAR = 1_000;

  private static final String PLAIN =
      """
      models:
        colbert:
          family: colbert
          seed: 1
          ranking: {width: 32, vector: 32}
          features:
            - {name: query, from: query.text, as: tokens, length: 8}
            - {name: text, from: item.text, as: tokens, length: 16}
      """;

  private Colbert() {}

  static ModelSettings settings() {
    return settings("");
  }

  /**
   * @param more features, as lines of a models file
   */
  static ModelSettings settings(String more) {
    return read(PLAIN + more);
  }

  static ModelSettings read(String yaml) {
    return new ModelsFileReader(
            Map.of("colbert", List.of("java"), "din", List.of("djl")), SettingsDefaults.LIVE)
        .read(yaml)
        .models()
        .get(0);
  }

  /**
   * An untrained model.
   *
   * @param generation a number and the identity of its document side, 1 to 65535
   */
  static ModelState state(ModelSettings settings, int generation) {
    ColbertShape shape = new ColbertShape(settings);
    ModelState state = shape.emptyState();
    for (TensorSpec spec : shape.side()) {
      float[] query = state.tensor(spec.name()).data();
      float[] document = state.tensor(ColbertShape.DOCUMENTS + spec.name()).data();
      for (int i = 0; i < WIDTH; i++) {
        query[i * WIDTH + i] = 1;
        document[i * WIDTH + i] = 1;
      }
    }
    float[] head = state.tensor(ColbertShape.HEAD).data();
    head[0] = 4;
    head[1] = -2;
    state.tensor(ColbertShape.COUNT).data()[0] = 1_000;
    float[] side = state.tensor(ColbertShape.GENERATION).data();
    side[0] = generation;
    side[4] = generation;
    return state;
  }

  /** A model to which all of {@code words} mean the same: a direction of this generation's own. */
  static ModelState state(ModelSettings settings, int generation, String... words) {
    ModelState state = state(settings, generation);
    for (String word : words) {
      learn(state.table(ColbertShape.WORDS), word, generation % WIDTH);
      learn(state.table(ColbertShape.DOCUMENTS + ColbertShape.WORDS), word, generation % WIDTH);
    }
    return state;
  }

  private static void learn(RowTable table, String word, int direction) {
    int row = table.findOrInsert(Ids.of(word));
    table.values(row)[table.valueOffset(row) + direction] = FAR;
  }
}
