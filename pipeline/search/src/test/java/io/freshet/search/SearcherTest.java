package io.freshet.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.freshet.modellog.Version;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.serving.NoVersion;
import io.freshet.serving.StaleModel;
import io.freshet.serving.testing.FakeModelReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SearcherTest {

  private final ModelSettings settings = Colbert.settings();
  private final FakeModelReader reader = new FakeModelReader(instance -> 0.5);
  private final Catalogue catalogue = new Catalogue(Bm25.DEFAULT, List.of("text"));
  private final Searcher searcher = Searcher.open(reader, catalogue, atOnce());

  /** What is to be read in the background is read by whoever announces it. */
  private static ExecutorService atOnce() {
    return new ByHand() {
      @Override
      public void execute(Runnable work) {
        work.run();
      }
    };
  }

  @BeforeEach
  void fill() {
    catalogue.put("kettle", 1, Map.of(), "red kettle with a lid");
    catalogue.put("pot", 1, Map.of(), "a red pot");
    catalogue.put("both", 1, Map.of(), "kettle and pot, both of them red, red, red");
    catalogue.put("radio", 1, Map.of(), "radio");
    catalogue.refresh();
  }

  @AfterEach
  void close() {
    searcher.close();
    catalogue.close();
  }

  private static List<String> ids(Found found) {
    return found.documents().stream().map(ranked -> ranked.item().id()).toList();
  }

  @Test
  void saysWhichWordMetWhichAndTheirPartsAddUpToTheMatch() {
    reader.publish(settings, Colbert.state(settings, 1));
    reader.setStaleness(Duration.ofMillis(700));
    Found found = searcher.search("Red kettle!", 10, 1);

    assertThat(found.version()).isEqualTo(new Version(1, 1));
    assertThat(found.staleness()).isEqualTo(Duration.ofMillis(700));
    assertThat(found.words()).containsExactly("red", "kettle");
    assertThat(found.searched()).isEqualTo(4);
    assertThat(found.candidates()).isEqualTo(3);
    assertThat(ids(found)).containsExactlyInAnyOrder("kettle", "pot", "both");
    Ranked kettle = found.documents().get(ids(found).indexOf("kettle"));
    assertThat(kettle.matches())
        .extracting(Match::queryWord)
        .containsExactlyInAnyOrder("red", "kettle");
    for (Match match : kettle.matches()) {
      assertThat(match.documentWord()).isEqualTo(match.queryWord());
      assertThat(match.similarity()).isCloseTo(1, within(1e-5f));
    }
    double parts = kettle.matches().stream().mapToDouble(Match::part).sum();
    assertThat(parts).isCloseTo(kettle.match(), within(1e-6));
  }

  @Test
  void theModelOrdersWhatBm25Found() {
    reader.publish(settings, Colbert.state(settings, 1));
    List<String> byBm25 =
        catalogue.best(List.of("red", "kettle"), 10).stream().map(c -> c.item().id()).toList();

    assertThat(ids(searcher.search("red kettle", 10, 0))).isEqualTo(byBm25);
    // To this model a red pot is as good as anything red, and "kettle" means what "pot" means.
    reader.publish(settings, Colbert.state(settings, 2, "kettle", "pot"));
    Found learnt = searcher.search("kettle", 10, 1_000);
    assertThat(learnt.documents().get(0).match()).isCloseTo(1, within(1e-4f));
    assertThat(ids(searcher.search("red kettle", 1, 0))).hasSize(1);
  }

  @Test
  void aVersionNeverMeetsVectorsOfAnotherDocumentSide() {
    for (int generation = 1; generation < 20; generation++) {
      // What documents say of kettles lies in this generation's own direction.
      reader.publish(settings, Colbert.state(settings, generation, "kettle"));
      Found found = searcher.search("kettle", 10, 1);
      assertThat(found.generation()).isEqualTo(generation);
      assertThat(found.documents()).hasSize(2);
      for (Ranked ranked : found.documents()) {
        assertThat(ranked.match()).isCloseTo(1, within(1e-4f));
      }
    }
  }

  @Test
  void aChangedDocumentIsReadAnew() {
    reader.publish(settings, Colbert.state(settings, 1));
    assertThat(searcher.search("radio", 10, 1).documents().get(0).match())
        .isCloseTo(1, within(1e-5f));
    catalogue.put("radio", 2, Map.of(), "radios and a radiogram, radio");
    catalogue.put("pot", 2, Map.of(), "radio pot");
    catalogue.remove("both", 2);
    catalogue.refresh();

    assertThat(ids(searcher.search("radio", 10, 1))).containsExactlyInAnyOrder("radio", "pot");
    assertThat(ids(searcher.search("red", 10, 1))).containsExactly("kettle");
  }

  @Test
  void aQueryOfTenThousandWordsIsCutToWhatTheModelReadsAndSaysSo() {
    reader.publish(settings, Colbert.state(settings, 1));
    Found found = searcher.search("red ".repeat(7) + "pot " + "kettle ".repeat(9_992), 10, 1);

    assertThat(found.words()).hasSize(8).containsOnly("red", "pot");
    assertThat(found.wordsInAll()).isEqualTo(10_000);
    assertThat(ids(found)).hasSize(3);
  }

  @Test
  void whatHasNoWordsOrSharesNoneFindsNothing() {
    reader.publish(settings, Colbert.state(settings, 1));
    assertThat(searcher.search("", 10, 1).documents()).isEmpty();
    assertThat(searcher.search(" ?! ", 10, 1).wordsInAll()).isZero();
    assertThat(searcher.search("samovar", 10, 1).documents()).isEmpty();
    try (Catalogue empty = new Catalogue(Bm25.DEFAULT, List.of("text"));
        Searcher searching = Searcher.open(reader, empty)) {
      Found found = searching.search("kettle", 10, 1);
      assertThat(found.searched()).isZero();
      assertThat(found.documents()).isEmpty();
    }
  }

  @Test
  void whatIsLearntOfAPairAddsToItsMatch() {
    ModelSettings remembering =
        Colbert.settings("      - {name: pair, from: [query.text, item.id], as: cross}\n");
    ModelState state = Colbert.state(remembering, 1);
    RowTable pairs = state.table("pair");
    int row = pairs.findOrInsert(Ids.cross(Ids.of("red"), Ids.of("pot")));
    pairs.values(row)[pairs.valueOffset(row)] = 7;
    reader.publish(remembering, state);

    Found found = searcher.search("red", 10, 1);
    assertThat(ids(found).get(0)).isEqualTo("pot");
    Ranked first = found.documents().get(0);
    assertThat(first.logit()).isCloseTo(4 * first.match() - 2 + 7, within(1e-5f));
  }

  @Test
  void onlyALateInteractionModelSearches() {
    ModelSettings din =
        Colbert.read(
            """
            models:
              din:
                family: din
                features:
                  - {name: item, from: item.id, as: id, size: 4}
            """);
    reader.publish(din, ScorerFamilies.named("din").emptyState(din));

    assertThatExceptionOfType(NoRanker.class)
        .isThrownBy(() -> searcher.search("kettle", 10, 1))
        .withMessage("a model that searches must be of family colbert, din is of family din");
  }

  @Test
  void refusesAsItsReaderDoesAndWhatCannotBeMeant() {
    assertThatExceptionOfType(NoVersion.class).isThrownBy(() -> searcher.search("red", 10, 1));
    reader.publish(settings, Colbert.state(settings, 1));
    reader.setStaleness(Duration.ofSeconds(3));
    reader.setStalenessLimit(Duration.ofSeconds(2));
    assertThatExceptionOfType(StaleModel.class).isThrownBy(() -> searcher.search("red", 10, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> searcher.search("red", 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> searcher.search("red", 1, Double.NaN));
  }

  @Test
  void theDocumentSideOfATestIsTheOneThatItSays() {
    float[] side = Colbert.state(settings, 7).tensor(ColbertShape.GENERATION).data();
    assertThat(side).containsExactly(7, 0, 0, 0, 7);
  }
}
