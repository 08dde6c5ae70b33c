package io.freshet.source.search;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceChecks;
import io.freshet.source.Sources;
import io.freshet.source.clicks.ClickModel;
import io.freshet.source.data.RealData;
import io.freshet.source.data.XzFixture;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSourceTest {

  private static final ClickModel POSITION = new ClickModel.PositionBased(1);

  @TempDir Path folder;

  /** Sixty documents of which every third is about kettles, every fifth about lamps. */
  private static SearchCollection small() {
    List<Document> documents = new ArrayList<>();
    Map<String, Integer> kettles = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      String about = (i % 3 == 0 ? "kettle " : "") + (i % 5 == 0 ? "lamp " : "") + "word" + i;
      documents.add(new Document("d" + i, about, Map.of()));
      if (i % 6 == 0) {
        kettles.put("d" + i, i % 12 == 0 ? 3 : 0);
      }
    }
    return new SearchCollection(
        "small",
        3,
        documents,
        List.of(
            new Query("k", "a kettle", kettles),
            new Query("l", "lamp", Map.of("d5", 2)),
            new Query("n", "nothing", Map.of())));
  }

  private static Source source(ClickModel clicks, double explore) {
    return new SearchSource(small(), new SearchStream(clicks, 0.1, explore, 20), 7);
  }

  @Test
  void everyEventIsInOrderWithinTheRulesAndTheSameFromAnyIndex() throws UndecodableRecord {
    for (ClickModel clicks : List.of(POSITION, new ClickModel.Cascade(0.5, 0.9))) {
      Source source = source(clicks, 0.3);
      List<Event> events = SourceChecks.take(source.from(0), 20_000);
      SourceChecks.isInOrder(events);
      SourceChecks.isConsistent(events);
      SourceChecks.startsAnywhere(source, events, 0, 1, 59, 60, 61, 7_777, 19_990);
    }
  }

  @Test
  void aSearchComesBeforeItsPageAndItsJudgmentsAreOfWhatIsShown() {
    Map<String, QueryEvent> searches = new HashMap<>();
    for (Event event : SourceChecks.take(source(POSITION, 0.3).from(0), 5_000)) {
      if (event instanceof QueryEvent query) {
        searches.put(query.queryId(), query);
      } else if (event instanceof ImpressionEvent impression) {
        QueryEvent query = searches.get(String.valueOf(impression.queryId()));
        assertThat(query).isNotNull();
        assertThat(query.results().get(impression.position() - 1)).isEqualTo(impression.itemId());
        assertThat(query.userId()).isEqualTo(impression.userId());
      } else if (event instanceof JudgmentEvent judgment) {
        assertThat(searches.get(judgment.queryId()))
            .extracting(QueryEvent::results, InstanceOfAssertFactories.list(String.class))
            .contains(judgment.itemId());
      }
    }
    assertThat(searches).hasSizeGreaterThan(100);
  }

  @Test
  void everyPageIsOfTheRankersCandidatesAndTheStatedShareOfPagesIsRandom() {
    Bm25 ranker = new Bm25(small().documents().stream().map(Document::text).toList());
    List<String> best = new ArrayList<>();
    for (int document : ranker.top("a kettle", SearchStream.CANDIDATES)) {
      best.add("d" + document);
    }
    int pages = 0;
    int inOrder = 0;
    for (Event event : SourceChecks.take(source(POSITION, 0.3).from(0), 60_000)) {
      if (event instanceof QueryEvent query && query.text().equals("a kettle")) {
        assertThat(best).containsAll(query.results());
        pages++;
        inOrder += query.results().equals(best.subList(0, SearchStream.PAGE)) ? 1 : 0;
      }
    }
    // 1,500 pages: a share is off by more than 0.06 with a probability below 10^-6
    assertThat(pages).isGreaterThan(1_500);
    assertThat((double) inOrder / pages).isCloseTo(0.7, within(0.06));
  }

  @Test
  void clicksComeAtTheStatedRateAndPropensitiesAreThoseOfLookingThere() {
    double expected = 0;
    long clicks = 0;
    long shown = 0;
    for (Event event : SourceChecks.take(source(POSITION, 0.5).from(0), 300_000)) {
      if (event instanceof ImpressionEvent one) {
        assertThat(one.propensity()).isEqualTo(1.0 / one.position());
        assertThat(one.trueClickProbability()).isBetween(0.0999 / one.position(), one.propensity());
        expected += requireNonNull(one.trueClickProbability());
        shown++;
      } else if (event instanceof ClickEvent) {
        clicks++;
      }
    }
    // the deviation of the sum is at most half the root of its size; six of them
    assertThat(clicks - expected).isBetween(-3 * Math.sqrt(shown), 3 * Math.sqrt(shown));
  }

  @Test
  void aQueryThatFindsNothingIsASearchWithoutAPage() {
    List<Event> events = SourceChecks.take(source(POSITION, 0.3).from(0), 5_000);
    assertThat(events)
        .anySatisfy(
            event -> {
              assertThat(event).isInstanceOf(QueryEvent.class);
              assertThat(((QueryEvent) event).results()).isEmpty();
            });
  }

  @Test
  void chorusIsReadWithItsGradesAndItsProductsAttributes() throws IOException {
    XzFixture.write(
        folder.resolve("products.tsv.xz"),
        "docid\tsupplier\tprice_cents\tdate_released\ttitle\tshort_description\tattributes",
        "1\tAcme\t1999\t2010-01-01\tAcme \"17 laptop\tA laptop\ttype=Notebook; colour=Red",
        "2\t\t\t\tCable\t\t");
    gzip("ratings.csv.gz", "query,docid,rating", "laptop,1,3", "\"usb, cable\",2,0");

    SearchCollection chorus = Chorus.read(folder.resolve("products.tsv.xz"));
    assertThat(chorus.documents())
        .containsExactly(
            new Document(
                "1",
                "Acme \"17 laptop. A laptop",
                Map.of("brand", "Acme", "price", 19.99, "category", "Notebook")),
            new Document("2", "Cable.", Map.of()));
    assertThat(chorus.queries())
        .containsExactly(
            new Query("laptop", "laptop", Map.of("1", 3)),
            new Query("usb, cable", "usb, cable", Map.of("2", 0)));
    assertThat(Sources.open("chorus:" + folder + ",clicks=cascade", 1).labels())
        .isEqualTo("simulated clicks (cascade, noise 0.1) from real judgments");
  }

  @Test
  void whatIsWrongIsNamedWithItsFileAndLine() throws IOException {
    XzFixture.write(
        folder.resolve("corpus.tsv.xz"),
        "doc_id\tstructured\tn_sentences\ttitle\tabstract",
        "1\t0\t2\tT\tA",
        "2\t0");
    assertThatThrownBy(() -> Sources.open("scifact:" + folder, 1))
        .isInstanceOf(InvalidSource.class)
        .hasMessageContaining("corpus.tsv.xz line 3")
        .hasMessageContaining("5 columns are wanted, came 2");
    assertThatThrownBy(() -> Sources.open("scifact:" + folder + ",clicks=none", 1))
        .hasMessageContaining("position or cascade, came \"none\"");
    assertThatThrownBy(() -> Sources.open("scifact:" + folder + ",noise=2", 1))
        .hasMessageContaining("noise must be from 0 to below 1, came 2.0");
    assertThatThrownBy(() -> Sources.open("medquad:" + folder, 1))
        .hasMessageContaining("medquad_qa.tsv.xz");
  }

  @ParameterizedTest
  @CsvSource({
    "chorus, chorus-electronics, 19406, 135",
    "scifact, scifact, 5183, 1109",
    "medquad, medquad-liveqa, 16407, 16407"
  })
  void theRealCollectionIsAStreamThatMeetsEveryCheck(
      String name, String folder, int documents, int queries) throws UndecodableRecord {
    Path real = RealData.folder(folder);
    Source source = Sources.open(name + ":" + real, 1);
    List<Event> events = SourceChecks.take(source.from(0), documents + 30_000);

    assertThat(SourceChecks.count(events, ItemEvent.class)).isEqualTo(documents);
    SourceChecks.isInOrder(events);
    SourceChecks.isConsistent(events);
    SourceChecks.startsAnywhere(source, events, 0, documents - 1, documents + 27_000);
    long clicks = SourceChecks.count(events, ClickEvent.class);
    long shown = SourceChecks.count(events, ImpressionEvent.class);
    assertThat((double) clicks / shown).isBetween(0.02, 0.3);
    assertThat(SourceChecks.count(events, JudgmentEvent.class)).isPositive();
    assertThat(
            events.stream()
                .filter(QueryEvent.class::isInstance)
                .map(event -> ((QueryEvent) event).text())
                .distinct()
                .count())
        .isBetween(Math.min(100L, queries), (long) queries);
  }

  private void gzip(String name, String... lines) throws IOException {
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
