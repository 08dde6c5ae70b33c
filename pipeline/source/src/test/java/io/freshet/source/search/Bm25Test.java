package io.freshet.source.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class Bm25Test {

  private static final List<String> TEXTS =
      List.of("red kettle", "blue kettle kettle", "red lamp, red shade", "Kettle-Lamp", "a tent");

  @Test
  void documentsComeInTheOrderOfTheFormulaAndTiesInTheirOwn() {
    Bm25 bm25 = new Bm25(TEXTS);
    // By hand: n = 5, mean length 2.6; kettle and lamp have idf ln(1 + 2.5/3.5) and ln(1 +
    // 3.5/2.5).
    assertThat(bm25.top("KETTLE", 10)).containsExactly(1, 0, 3);
    assertThat(bm25.top("kettle lamp", 10)).containsExactly(3, 2, 1, 0);
    assertThat(bm25.top("kettle", 2)).containsExactly(1, 0);
    assertThat(bm25.top("unknown words", 10)).isEmpty();
    assertThat(bm25.top("", 10)).isEmpty();
  }

  @Test
  void scoresAreThoseOfTheFormulaUnderTheGivenConstants() {
    double[] scores = new Bm25(TEXTS).with(2, 0.5).scores("kettle");
    double idf = Math.log(1 + 2.5 / 3.5);
    double[] lengths = {2, 3, 4, 2, 2};
    int[] counts = {1, 2, 0, 1, 0};
    for (int document = 0; document < scores.length; document++) {
      double norm = 2 * (0.5 + 0.5 * lengths[document] / 2.6);
      double expected = idf * counts[document] * 3 / (counts[document] + norm);
      assertThat(scores[document]).isCloseTo(expected, within(1e-12));
    }
  }
}
