package io.freshet.learning.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedWordsTest {

  private static final List<String> ENTRIES =
      List.of("[UNK]", "[CLS]", "[SEP]", "kettle", "pot", "Lamp", "##s", "!", "lamp");
  private static final float[][] ROWS = {
    {9, 9}, {3, 0}, {0, 3}, {1, 5}, {2, 4}, {7, 7}, {8, 8}, {6, 6}, {-4, -1}
  };

  @TempDir Path folder;
  private Path tokenizer;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    tokenizer = TinyEncoder.tokenizer(folder.resolve("tokenizer.json"), ENTRIES);
    model = TinyEncoder.model(folder.resolve("encoder.pt"), ROWS);
  }

  @Test
  void aWordsVectorIsWhatTheEncoderSaysOfItAloneLessTheMeanOfAllAndOfLengthOne() {
    PretrainedWords words = PretrainedWords.read(tokenizer, model, 2);

    int[] known = {3, 4, 8};
    double[][] encoded = new double[3][2];
    double[] mean = new double[2];
    for (int w = 0; w < 3; w++) {
      for (int i = 0; i < 2; i++) {
        double own = ROWS[known[w]][i];
        encoded[w][i] = own + (own + ROWS[1][i] + ROWS[2][i]) / 3;
        mean[i] += encoded[w][i] / 3;
      }
    }
    for (int w = 0; w < 3; w++) {
      double length = Math.hypot(encoded[w][0] - mean[0], encoded[w][1] - mean[1]);
      float[] vector = words.vector(Ids.of(ENTRIES.get(known[w])));
      assertThat(vector).hasSize(2);
      for (int i = 0; i < 2; i++) {
        assertThat(vector[i])
            .isEqualTo((float) ((encoded[w][i] - mean[i]) / length), within(1f / 1024));
      }
    }
  }

  @Test
  void piecesMarksAndEntriesThatNoTextCanHaveAreNoWords() {
    PretrainedWords words = PretrainedWords.read(tokenizer, model, 2);
    assertThat(words.size()).isEqualTo(3);
    for (String none : List.of("Lamp", "##s", "s", "!", "[UNK]", "unknown")) {
      assertThat(words.vector(Ids.of(none))).as(none).isNull();
    }
  }

  @Test
  void theSameFilesHaveTheSameHashAndOthersAnother() throws IOException {
    long files = PretrainedWords.read(tokenizer, model, 2).files();
    assertThat(PretrainedWords.read(tokenizer, model, 2).files()).isEqualTo(files);
    ROWS[3][0]++;
    try {
      Path other = TinyEncoder.model(folder.resolve("other.pt"), ROWS);
      assertThat(PretrainedWords.read(tokenizer, other, 2).files()).isNotEqualTo(files);
    } finally {
      ROWS[3][0]--;
    }
  }

  @Test
  void filesThatAreNotThereOrSomethingElseAreRefusedByName() throws IOException {
    Path missing = folder.resolve("missing");
    Path text = Files.writeString(folder.resolve("text"), "no encoder");
    Path empty = Files.writeString(folder.resolve("empty.json"), "{\"model\":{\"vocab\":{}}}");
    refused(
        missing, model, 2, "ranking.pretrained.tokenizer: must be a file that can be read, got");
    refused(
        tokenizer, missing, 2, "ranking.pretrained.model: must be a file that can be read, got");
    refused(text, model, 2, "ranking.pretrained.tokenizer: must be a tokenizer's JSON, got");
    refused(tokenizer, text, 2, "ranking.pretrained.model: must be a TorchScript file, got");
    refused(empty, model, 2, "ranking.pretrained.tokenizer: must");
  }

  @Test
  void vectorsOfAnotherWidthAndSuchAsAreNoNumbersAreRefused() throws IOException {
    refused(
        tokenizer,
        model,
        3,
        "must give vectors [words, tokens, ranking.width], here (3, 3, 3), got (3, 3, 2)");
    float[][] broken = new float[ENTRIES.size()][2];
    broken[4][1] = Float.NaN;
    Path file = TinyEncoder.model(folder.resolve("broken.pt"), broken);
    refused(tokenizer, file, 2, "must give finite vectors, got NaN for \"pot\"");
  }

  private static void refused(Path tokenizer, Path model, int width, String because) {
    assertThatThrownBy(() -> PretrainedWords.read(tokenizer, model, width))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(because);
  }
}
