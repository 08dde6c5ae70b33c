package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.search.PageSearch;
import io.freshet.cli.search.SearchView;
import io.freshet.learning.colbert.ColbertLearning;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.Item;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over an untrained model, another one that cannot search, and a catalogue of three. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchCommandTest {

  private static final String MODELS =
      """
      models:
        colbert:
          family: colbert
          features:
            - {name: query, from: query.text, as: tokens, length: 8}
            - {name: text, from: item.text, as: tokens, length: 64}
        quick:
          family: boosted-mlp
          features:
            - {name: item, from: item.id, as: id, size: 4}
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Path directory;
  private final EmbeddedKafka kafka;

  SearchCommandTest(@TempDir Path directory) {
    this.directory = directory;
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  @BeforeAll
  void publish() throws Exception {
    for (String prefix : List.of("", "empty.")) {
      KafkaAccess access = KafkaAccess.to(kafka.brokers(), new EventTopics(prefix));
      new SharedTopics(access).create((short) 1);
      List<ModelSettings> models =
          DefaultModels.read(MODELS, new Source.StreamDefaults(0, 1_000, 1_000)).models();
      publish(access, models.get(0), new ColbertLearning().create(models.get(0)).servingState());
      publish(access, models.get(1), ScorerFamilies.named("boosted-mlp").emptyState(models.get(1)));
    }
    AvroCodec codec = AvroCodec.of(Item.class);
    Properties properties = KafkaAccess.to(kafka.brokers(), new EventTopics("")).properties();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      Map<String, String> texts =
          Map.of(
              "i1", "Wireless headphones. Black",
              "i2", "headphones with a cable",
              "i3", "a kettle");
      for (Map.Entry<String, String> text : texts.entrySet()) {
        byte[] item =
            codec.encode(
                Item.newBuilder()
                    .setItemId(text.getKey())
                    .setEventTime(1)
                    .setAttributes(Map.of())
                    .setText(text.getValue())
                    .build());
        producer.send(new ProducerRecord<>("catalog.items", text.getKey(), item)).get();
      }
    }
  }

  private static void publish(KafkaAccess access, ModelSettings settings, ModelState state) {
    try (ModelLog log =
        KafkaModelLog.open(
            access.client(),
            new TopicNames(access.topics().prefix(), settings.name()),
            () -> Instant.EPOCH,
            false)) {
      Version version = new Version(log.claim(null, HashValue.EMPTY), 1);
      VersionFacts facts =
          new VersionFacts(
              version,
              null,
              HashValue.EMPTY,
              state.computeHash(),
              1,
              1_000,
              state.tables().values().stream()
                  .collect(
                      java.util.stream.Collectors.toMap(
                          table -> table.name(), table -> (long) table.size())),
              Map.of(),
              Map.of(),
              "passed",
              ModelSettingsJson.write(settings),
              1,
              "java",
              "test");
      log.publish(facts, LearnerDelta.whole(LearnerState.servingOnly(state)));
    }
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--brokers", kafka.brokers()));
    return Freshet.run(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        () -> 1_700_000_000_000L,
        all.toArray(String[]::new));
  }

  private List<String> said() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String noted() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Path file(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content);
  }

  @Test
  void everyDocumentSaysWhichOfItsWordsMetWhichOfTheQuerys() {
    assertThat(run("score", "colbert", "--query", "wireless Headphones")).as(noted()).isZero();
    assertThat(noted())
        .contains("colbert version 1:1")
        .contains("3 documents searched for 2 words, 2 candidates ordered by 1:1 (generation 1");
    assertThat(said()).hasSize(4);
    assertThat(said().get(0)).contains("  1  i1 ").contains("Wireless headphones. Black");
    assertThat(said().get(1)).contains("wireless ~ wireless 1.00");
    assertThat(said().get(2)).contains("  2  i2 ");
    assertThat(said().get(3)).contains("headphones ~ headphones 1.00");

    assertThat(run("score", "colbert", "--query", "headphones", "--top", "1", "--weight", "0"))
        .isZero();
    assertThat(said()).hasSize(2);
    assertThat(run("score", "colbert", "--query", "samovar")).isZero();
    assertThat(said()).isEmpty();
    assertThat(noted()).contains("no document shares a word with the query");
    assertThat(run("score", "colbert", "--query", "kettle ".repeat(10_000))).isZero();
    assertThat(noted()).contains("has 10,000 words; the first 8 are searched for");
  }

  @Test
  void queriesGiveATrecRun() throws Exception {
    String queries =
        file(
                "q.tsv",
                "queryId\ttext\tlang\nq1\twireless headphones\ten\nq2\t\ten\nq3\tkettle\ten\n")
            .toString();
    Path run = directory.resolve("run.txt");
    assertThat(run("score", "colbert", "--queries", queries, "--run", run.toString()))
        .as(noted())
        .isZero();
    assertThat(said()).isEmpty();
    assertThat(noted()).contains("3 queries, 3 documents found; 1 queries share no word");
    assertThat(Files.readAllLines(run))
        .satisfiesExactly(
            line -> assertThat(line).matches("q1 Q0 i1 1 \\d+\\.\\d{6} colbert"),
            line -> assertThat(line).matches("q1 Q0 i2 2 -\\d+\\.\\d{6} colbert"),
            line -> assertThat(line).matches("q3 Q0 i3 1 0\\.000000 colbert"));
    List<String> written = Files.readAllLines(run);
    assertThat(run("score", "colbert", "--queries", queries)).isZero();
    assertThat(said()).isEqualTo(written);
  }

  @Test
  void aPageSearchesByTheReadersOfItsProcess() {
    KafkaAccess access = KafkaAccess.to(kafka.brokers(), new EventTopics(""));
    try (ModelReader colbert = reader(access, "colbert");
        ModelReader quick = reader(access, "quick");
        PageSearch search =
            new PageSearch(
                access,
                name -> name.equals("colbert") ? colbert : name.equals("quick") ? quick : null,
                found -> 7,
                () -> 0)) {
      SearchView view = search.search("colbert", "wireless headphones");
      assertThat(view.version()).isEqualTo("1:1");
      assertThat(view.stalenessMs()).isEqualTo(7);
      assertThat(view.documents()).extracting(SearchView.Document::id).containsExactly("i1", "i2");
      assertThat(view.documents().get(0).title()).isEqualTo("Wireless headphones. Black");
      assertThat(search.search("colbert", "").documents()).isEmpty();
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("nobody", "kettle"))
          .withMessage("model nobody must have a reader, it has none");
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("quick", "kettle"))
          .withMessageContaining("quick is of family boosted-mlp");
      search.close();
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("colbert", "kettle"));
    }
  }

  private static ModelReader reader(KafkaAccess access, String model) {
    ModelReader reader =
        ModelReader.open(
            ReaderOptions.of(access.client(), model, Isolation.SPECULATIVE).withFeatures(0, 0));
    reader.awaitFirst(Duration.ofSeconds(30));
    return reader;
  }

  @Test
  void whatCannotBeSearchedIsRefusedInOneLine() throws Exception {
    assertThat(run("score", "quick", "--query", "kettle")).isEqualTo(2);
    assertThat(noted().lines().reduce("", (a, b) -> b))
        .isEqualTo(
            "freshet: --query and --queries: a model that searches must be of family colbert, quick is of family boosted-mlp");
    assertThat(run("score", "colbert", "--query", "kettle", "--prefix", "empty.")).isEqualTo(1);
    assertThat(noted())
        .contains(
            "empty.catalog.items must hold items with words in [text] to search, it holds none");
    assertThat(run("score", "colbert", "--query", " ?! ")).isEqualTo(2);
    assertThat(noted()).isEqualTo("freshet: --query must hold a word, got \" ?! \"\n");
  }

  @Test
  void optionsAndFilesAreCheckedBeforeKafkaIsAsked() throws Exception {
    String[][] wrong = {
      {"--query", "a", "--items", "b"},
      {"--query", "a", "--user", "u"},
      {"--query", "a", "--run", "r.txt"},
      {"--query", "a", "--top", "0"},
      {"--query", "a", "--top", "101"},
      {"--query", "a", "--weight", "-1"},
      {"--query", "a", "--weight", "NaN"},
      {"--query", "a", "--b", "2"},
      {"--items", "a", "--top", "3"},
      {"--queries", file("none.tsv", "").toString()},
      {"--queries", file("header.tsv", "queryId\ttext\n").toString()},
      {"--queries", file("other.tsv", "q1\tkettle\n").toString()},
      {"--queries", file("blank.tsv", "queryId\ttext\nq 1\tkettle\n").toString()},
      {"--queries", file("short.tsv", "queryId\ttext\nq1\n").toString()},
      {"--queries", directory.resolve("absent.tsv").toString()},
    };
    for (String[] options : wrong) {
      List<String> args = new ArrayList<>(List.of("score", "nobody"));
      args.addAll(List.of(options));
      assertThat(run(args.toArray(String[]::new))).as(args.toString()).isEqualTo(2);
      assertThat(noted().lines()).as(args.toString()).hasSize(1);
    }
  }
}
