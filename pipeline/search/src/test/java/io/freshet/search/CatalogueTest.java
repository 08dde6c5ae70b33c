package io.freshet.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private final Catalogue catalogue = new Catalogue(Bm25.DEFAULT, List.of("text"));

  @AfterEach
  void close() {
    catalogue.close();
  }

  private void put(String id, long eventTime, String text) {
    catalogue.put(id, eventTime, Map.of(), text);
  }

  private List<String> found(String... words) {
    catalogue.refresh();
    return catalogue.best(List.of(words), 100).stream().map(found -> found.item().id()).toList();
  }

  @Test
  void findsWhatSharesWordsAndNothingElse() {
    put("i1", 1, "A red Kettle.");
    put("i2", 1, "a blue kettle, red lid; kettle!");
    put("i3", 1, "toaster");

    assertThat(found("kettle")).containsExactlyInAnyOrder("i1", "i2");
    assertThat(found("red", "kettle", "kettle")).containsExactlyInAnyOrder("i1", "i2");
    assertThat(found("pan")).isEmpty();
    assertThat(found()).isEmpty();
    assertThat(catalogue.size()).isEqualTo(3);
  }

  @Test
  void scoresAsBm25WrittenOutDoes() {
    List<String> texts = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      StringBuilder text = new StringBuilder();
      for (int w = 1 + random.nextInt(20); w > 0; w--) {
        text.append(" w").append((int) Math.abs(4 * random.nextGaussian()));
      }
      texts.add(text.toString().strip());
    }
    for (Bm25 bm25 : List.of(Bm25.DEFAULT, new Bm25(0.6f, 0.3f), new Bm25(2, 0.9f))) {
      try (Catalogue tried = filled(bm25, texts)) {
        List<Candidate> best = tried.best(List.of("w1", "w5", "w9"), 100);
        // An index of other constants searches by these as well as one of their own.
        Bm25 other = new Bm25(1.7f, 0.1f);
        try (Catalogue own = filled(other, texts)) {
          assertThat(scores(tried.best(List.of("w1", "w5"), 100, other)))
              .isEqualTo(scores(own.best(List.of("w1", "w5"), 100)));
        }

        assertThat(best)
            .hasSizeGreaterThan(20)
            .isSortedAccordingTo(Comparator.comparing(c -> -c.score()));
        for (Candidate candidate : best) {
          int document = Integer.parseInt(candidate.item().id().substring(1));
          double expected = slowBm25(texts, document, bm25, "w1", "w5", "w9");
          assertThat((double) candidate.score()).isCloseTo(expected, within(1e-4));
        }
      }
    }
  }

  private static Catalogue filled(Bm25 bm25, List<String> texts) {
    Catalogue catalogue = new Catalogue(bm25, List.of("text"));
    for (int i = 0; i < texts.size(); i++) {
      catalogue.put("i" + i, 1, Map.of(), texts.get(i));
    }
    catalogue.refresh();
    return catalogue;
  }

  private static Map<String, Float> scores(List<Candidate> found) {
    return found.stream().collect(Collectors.toMap(c -> c.item().id(), Candidate::score));
  }

  /** Robertson and Walker's sum, less its constant factor k1 + 1, as Lucene leaves it out. */
  private static double slowBm25(List<String> texts, int document, Bm25 bm25, String... query) {
    double mean = texts.stream().mapToInt(text -> text.split(" ").length).average().orElseThrow();
    List<String> words = List.of(texts.get(document).split(" "));
    double score = 0;
    for (String word : query) {
      double with = texts.stream().filter(t -> List.of(t.split(" ")).contains(word)).count();
      double idf = Math.log(1 + (texts.size() - with + 0.5) / (with + 0.5));
      double count = words.stream().filter(word::equals).count();
      score += idf * count / (count + bm25.k1() * (1 - bm25.b() + bm25.b() * words.size() / mean));
    }
    return score;
  }

  @Test
  void anItemIsWhatItWasLast() {
    put("i1", 5, "kettle");
    put("i1", 7, "teapot");
    put("i1", 6, "samovar");

    assertThat(found("kettle", "samovar")).isEmpty();
    assertThat(found("teapot")).containsExactly("i1");
    long revision = catalogue.best(List.of("teapot"), 1).get(0).item().revision();
    put("i1", 7, "teapot");
    assertThat(catalogue.best(List.of("teapot"), 1).get(0).item().revision()).isEqualTo(revision);
  }

  @Test
  void whatIsRemovedIsNotFoundAndWhatWasEarlierDoesNotBringItBack() {
    put("i1", 5, "kettle");
    put("i2", 5, "kettle");
    assertThat(found("kettle")).hasSize(2);
    catalogue.remove("i1", 6);
    catalogue.forget("i2");
    put("i1", 5, "kettle");
    assertThat(found("kettle")).isEmpty();

    put("i1", 7, "kettle");
    put("i2", 1, "kettle");
    assertThat(found("kettle")).containsExactlyInAnyOrder("i1", "i2");
    catalogue.remove("i1", 3);
    assertThat(found("kettle")).hasSize(2);
  }

  @Test
  void anItemWithoutTextIsKnownAndNeverFound() {
    catalogue.put("i1", 1, Map.of("colour", "red"), null);
    put("i2", 1, " ... ");
    put("i3", 1, "kettle");
    assertThat(found("red", "kettle")).containsExactly("i3");
    assertThat(catalogue.size()).isEqualTo(1);
    catalogue.put("i3", 2, Map.of(), null);
    assertThat(found("kettle")).isEmpty();
  }

  @Test
  void searchesTheAttributesThatItIsToldOf() {
    try (Catalogue titled = new Catalogue(Bm25.DEFAULT, List.of("title", "text"))) {
      titled.put("i1", 1, Map.of("title", "Kettle", "colour", "red"), "boils water");
      titled.refresh();
      assertThat(titled.best(List.of("kettle"), 5)).hasSize(1);
      assertThat(titled.best(List.of("water"), 5)).hasSize(1);
      assertThat(titled.best(List.of("red"), 5)).isEmpty();
    }
  }

  @Test
  void noWordIsTooLongAndNoQueryTooWide() {
    String endless = "x".repeat(40_000);
    put("i1", 1, "kettle " + endless);
    String[] words = new String[5_000];
    Arrays.setAll(words, i -> "w" + i);
    words[0] = "kettle";
    assertThat(found(endless)).containsExactly("i1");
    assertThat(found(words)).containsExactly("i1");
  }

  @Test
  void constantsOutOfTheirRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bm25(-1, 2))
        .withMessage("k1 must be between 0 and 1000 and b between 0 and 1, got -1.0 and 2.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Bm25(Float.NaN, 0.5f));
  }
}
