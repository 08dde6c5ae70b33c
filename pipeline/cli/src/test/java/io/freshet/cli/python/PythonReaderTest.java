package io.freshet.cli.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.DefaultModels;
import io.freshet.cli.Freshet;
import io.freshet.cli.Terminal;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Scores;
import io.freshet.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real Kafka, real learners, and a reader that shares no code with them. */
@Timeout(300)
class PythonReaderTest {

  /** What the specification promises of a score. */
  private static final float AGREES = 1e-5f;

  private static final String PREFIX = "t.";

  private static final String MODELS =
      """
      models:
        din: &model
          family: din
          features:
            - {name: item, from: item.id, as: id, size: 6, maxRows: 20}
            - {name: category, from: item.category, as: id, size: 4}
            - {name: user, from: user.id, as: id, size: 3}
            - {name: last, from: taken.last, as: id, size: 3, admitAfter: 2}
            - {name: hour, from: event.hour, as: id, size: 2}
            - {name: tags, from: item.tags, as: bag, size: 3}
            - {name: title, from: item.title, as: text, size: 3}
            - {name: device, from: context.device, as: bag, size: 2}
            - {name: pair, from: [user.id, item.category, event.weekday], as: cross}
            - {name: position, from: position, as: bias}
            - {name: price, from: item.price, as: number, log: true}
            - {name: kind, from: item.category, as: number}
            - {name: weekday, from: event.weekday, as: number}
            - {name: rate, from: item.id, as: counters, halfLives: [1h, 1d]}
            - {name: userRate, from: user.id, as: counters, halfLives: [6h], expireAfter: 2h}
          histories:
            - {name: taken, of: [item, category], actions: [like, click], length: 7}
            - {name: passed, of: [category], actions: [none], length: 5}
          attention: {units: [8, 5], activation: sigmoid, normalize: softmax}
          network: {units: [20, 9], activation: prelu, linearSkip: true}
        dice:
          <<: *model
          attention: {units: [70], activation: dice, normalize: mean}
          network: {units: [90], activation: dice, linearSkip: false}
        relu:
          <<: *model
          attention: {units: [80, 40], activation: prelu, normalize: none}
          network: {units: [200, 80], activation: relu, linearSkip: true}
        base:
          <<: *model
          family: base
          network: {units: [12], activation: sigmoid, linearSkip: true}
        noise:
          <<: *model
          family: noise-mlp
          network: {units: [10, 8, 8, 8, 6], activation: relu, linearSkip: true}
        boosted:
          <<: *model
          family: boosted-mlp
          boosting: {blocks: 6, units: 4}
        damped:
          <<: *model
          family: boosted-mlp
          boosting: {blocks: 3, units: 5, sums: damped, prefixes: [1]}
        colbert: &ranker
          family: colbert
          optimizer: {rows: {kind: adagrad, rate: 1.5}, dense: {kind: adam, rate: 0.05}}
          features:
            - {name: query, from: query.text, as: tokens, length: 5, subwords: 3, punctuation: true}
            - {name: title, from: item.title, as: tokens, length: 9, subwords: 3}
            - {name: kind, from: item.category, as: tokens, length: 9, subwords: 3}
            - {name: pair, from: [query.text, item.category], as: cross}
            - {name: position, from: position, as: bias}
          ranking:
            {width: 80, vector: 24, context: 12, augment: 4, generation: 3, documentShare: 0.5,
             projection: {shape: glu, activation: gelu, scale: 2, residual: true}, tokens: {maxRows: 60}}
        matching:
          <<: *ranker
          ranking: {width: 24, vector: 24, generation: 1}
        deeper:
          <<: *ranker
          ranking: {width: 16, vector: 16, projection: {shape: feedforward, activation: silu, residual: false}}
      """;

  @TempDir static Path directory;
  private static @Nullable PythonReader found;
  private static @Nullable EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    found = PythonReader.find();
    if (found != null) {
      kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    }
  }

  @BeforeEach
  void skipWithoutPython() {
    Assumptions.assumeTrue(found != null, PythonReader::missing);
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      kafka.close();
    }
  }

  private static PythonReader python() {
    return Objects.requireNonNull(found, "tests run only where it was found");
  }

  private static String brokers() {
    return Objects.requireNonNull(kafka, "it runs as long as the tests").brokers();
  }

  private static List<ModelSettings> models() {
    return DefaultModels.read(MODELS, new Source.StreamDefaults(0, 1_000, 1_000)).models();
  }

  private static ModelSettings model(String name) {
    return models().stream().filter(model -> model.name().equals(name)).findFirst().orElseThrow();
  }

  private static ModelLog open(String model) {
    return KafkaModelLog.open(
        Map.of("bootstrap.servers", brokers()),
        new TopicNames(PREFIX, model),
        () -> Instant.EPOCH,
        false);
  }

  private static PythonReader.Run follow(String model, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("freshet_log", "follow", model, "--json", "--prefix", PREFIX, "--brokers"));
    arguments.add(brokers());
    arguments.addAll(List.of(more));
    return python().start(arguments.toArray(String[]::new));
  }

  private static List<String> score(String model, String... what) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("freshet_log", "score", model, "--prefix", PREFIX, "--brokers"));
    arguments.add(brokers());
    arguments.addAll(List.of(what));
    try (PythonReader.Run run = python().start(arguments.toArray(String[]::new))) {
      List<String> lines = run.rest();
      assertThat(run.exit()).isZero();
      return lines;
    }
  }

  private static JsonNode json(String line) throws IOException {
    return JsonMapper.builder().build().readTree(line);
  }

  /** Reads on until the reader shows {@code facts}; everything on the way must be verified. */
  private static void awaitShown(PythonReader.Run reader, VersionFacts facts) throws IOException {
    while (true) {
      String line = reader.line();
      JsonNode event = json(line);
      assertThat(event.at("/verified").asBoolean()).as(line).isTrue();
      if (event.at("/shown").asBoolean()
          && event.at("/version").asText().equals(facts.version().toString())) {
        assertThat(event.at("/stateHash").asText()).isEqualTo(facts.stateHash().hex());
        long rows = facts.rowCounts().values().stream().mapToLong(Long::longValue).sum();
        assertThat(event.at("/rows").asLong()).isEqualTo(rows);
        return;
      }
    }
  }

  @Test
  void itsOwnTestsPass() throws Exception {
    try (PythonReader.Run tests = python().startWithErrors("unittest")) {
      List<String> said = tests.rest();
      assertThat(tests.exit()).as(String.join("\n", said)).isZero();
      assertThat(said).anyMatch(line -> line.matches("Ran [1-9]\\d+ tests in .*"));
    }
  }

  @Test
  void followsALiveLogThroughDeletionsAnchorsAndARetractedAttemptAndVerifiesEveryHash()
      throws Exception {
    ModelSettings din = model("din");
    try (LiveModel first = new LiveModel(din, 1);
        LiveModel second = new LiveModel(din, 1);
        ModelLog log = open("din")) {
      first.claim(log, null);
      VersionFacts base = first.publish();
      try (PythonReader.Run reader = follow("din");
          PythonReader.Run committed = follow("din", "--isolation", "committed")) {
        awaitShown(reader, base);
        for (int round = 2; round <= 4; round++) {
          base = first.publish();
          awaitShown(reader, base);
        }
        log.commit(base.version());
        awaitShown(committed, base);
        awaitShown(reader, first.publish());
        first.anchor();
        awaitShown(reader, first.publish());

        // What a restart does: the same learner up to the checkpoint, then other versions.
        for (int round = 1; round <= 4; round++) {
          second.learn();
        }
        VersionFacts last = base;
        try (ModelLog taken = open("din")) {
          second.claim(taken, base);
          second.anchor();
          for (int round = 1; round <= 6; round++) {
            last = second.publish();
            awaitShown(reader, last);
          }
          second.anchor();
          taken.commit(last.version());
          awaitShown(committed, last);
        }
        try (ModelLog taken = open("din")) {
          second.claim(taken, last);
          second.goOnWhole();
          last = second.publish();
          awaitShown(reader, last);
          last = second.publish();
          awaitShown(reader, last);
        }
        assertThat(second.deletions()).isPositive();
        assertThat(last.version().epoch()).isEqualTo(3);
        try (PythonReader.Run cold = follow("din", "--once")) {
          List<String> said = cold.rest();
          assertThat(cold.exit()).as(String.join("\n", said)).isZero();
          JsonNode shown = json(said.get(said.size() - 1));
          assertThat(shown.at("/version").asText()).isEqualTo(last.version().toString());
          assertThat(shown.at("/stateHash").asText()).isEqualTo(last.stateHash().hex());
          assertThat(json(said.get(0)).at("/by").asText()).isEqualTo("anchor");
        }
      }
    }
  }

  @Test
  void scoresEqualTheJavaScorer() throws Exception {
    List<Instance> instances = new Shoppers(77).next(400);
    Path file = directory.resolve("examples.jsonl");
    Files.writeString(file, Shoppers.lines(instances));
    for (ModelSettings settings : models()) {
      String model = "scored-" + settings.name();
      VersionFacts facts;
      try (LiveModel learner = new LiveModel(settings, 5);
          ModelLog log = open(model)) {
        learner.claim(log, null);
        facts = learner.publish();
        for (int round = 2; round <= 12; round++) {
          facts = learner.publish();
        }
      }
      Scores java = javaScores(model, facts, instances);
      List<JsonNode> scores = new ArrayList<>();
      for (String line : score(model, "--examples", file.toAbsolutePath().toString())) {
        scores.add(json(line));
      }
      assertThat(scores).hasSameSizeAs(instances);
      float lowest = 1;
      float highest = 0;
      for (int i = 0; i < scores.size(); i++) {
        lowest = Math.min(lowest, java.of(i));
        highest = Math.max(highest, java.of(i));
        assertThat((float) scores.get(i).at("/score").asDouble())
            .as("%s of %s", model, instances.get(i))
            .isCloseTo(java.of(i), within(AGREES));
        assertThat((float) scores.get(i).at("/logit").asDouble())
            .as("%s of %s", model, instances.get(i))
            .isCloseTo(java.logits()[i], within(10 * AGREES));
      }
      // Equal scores say nothing where all are the same.
      assertThat(highest - lowest).as(model).isGreaterThan(0.2f);
    }
  }

  @Test
  void checksAnExportedVersionAndScoresWithItAsJavaDoes() throws Exception {
    VersionFacts facts;
    try (LiveModel learner = new LiveModel(model("din"), 5);
        ModelLog log = open("exported")) {
      learner.claim(log, null);
      learner.publish();
      facts = learner.publish();
    }
    Path to = directory.resolve("exported");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    String[] export = {
      "export",
      "exported",
      "--to",
      to.toString(),
      "--brokers",
      brokers(),
      "--prefix",
      PREFIX,
      "--isolation",
      "speculative"
    };
    assertThat(Freshet.run(new Terminal(out, out, false), () -> 0, export)).as("%s", said).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("exported version %s in ".formatted(facts.version()))
        .contains("verified " + facts.stateHash());
    assertThat(Freshet.run(new Terminal(out, out, false), () -> 0, export)).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("a new or an empty directory");

    List<Instance> instances = new Shoppers(78).next(50);
    Path file = directory.resolve("exported.jsonl");
    Files.writeString(file, Shoppers.lines(instances));
    Scores java = javaScores("exported", facts, instances);
    String[] check = {
      "freshet_log", "check", to.toString(), "--examples", file.toAbsolutePath().toString()
    };
    try (PythonReader.Run run = python().start(check)) {
      for (int i = 0; i < instances.size(); i++) {
        assertThat((float) json(run.line()).at("/score").asDouble())
            .isCloseTo(java.of(i), within(AGREES));
      }
      assertThat(run.exit()).isZero();
    }

    Path table = to.resolve("table-0.safetensors");
    byte[] flipped = Files.readAllBytes(table);
    flipped[flipped.length - 1] ^= 1;
    Files.write(table, flipped);
    try (PythonReader.Run run = python().startWithErrors(check)) {
      assertThat(run.rest())
          .singleElement()
          .asString()
          .contains("must have hash " + facts.stateHash());
      assertThat(run.exit()).isEqualTo(2);
    }
  }

  @Test
  void scoresPairsWithTheHistoriesAndAttributesThatLieInKafka() throws Exception {
    try (LiveModel learner = new LiveModel(model("din"), 9);
        ModelLog log = open("pairs")) {
      learner.claim(log, null);
      for (int round = 1; round <= 6; round++) {
        learner.publish();
      }
    }
    List<Instance> known = new Shoppers(3).next(30);
    new FeatureTopics(brokers(), new EventTopics(PREFIX)).put(known);
    List<String> items = known.stream().map(Instance::itemId).distinct().toList();
    StringBuilder pairs = new StringBuilder("note,userId,itemId\r\n");
    items.forEach(item -> pairs.append("\"a, b\",u3,").append(item).append("\r\n"));
    Path file = Files.writeString(directory.resolve("pairs.csv"), pairs.toString());
    long time = Shoppers.START + 7_200_000;

    List<String> lines =
        score("pairs", "--pairs", file.toAbsolutePath().toString(), "--time", "" + time);

    ReaderOptions options =
        ReaderOptions.of(Map.of("bootstrap.servers", brokers()), "pairs", Isolation.SPECULATIVE)
            .withPrefix(PREFIX)
            .withSourceClock(() -> time);
    assertThat(lines.get(0)).isEqualTo("note,userId,itemId,score");
    assertThat(lines).hasSize(items.size() + 1);
    try (ModelReader reader = ModelReader.open(options)) {
      reader.awaitFirst(Duration.ofSeconds(30));
      Scores java = reader.scorer().score("u3", items, Map.of());
      for (int i = 0; i < items.size(); i++) {
        String line = lines.get(i + 1);
        assertThat(line).startsWith("\"a, b\",u3," + items.get(i) + ",");
        assertThat(Float.parseFloat(line.substring(line.lastIndexOf(',') + 1)))
            .isCloseTo(java.of(i), within(AGREES));
      }
    }
  }

  private static Scores javaScores(String model, VersionFacts facts, List<Instance> instances) {
    ReaderOptions options =
        ReaderOptions.of(Map.of("bootstrap.servers", brokers()), model, Isolation.SPECULATIVE)
            .withPrefix(PREFIX)
            .withFeatures(0, 0);
    try (ModelReader reader = ModelReader.open(options)) {
      assertThat(reader.awaitFirst(Duration.ofSeconds(30))).isEqualTo(facts.version());
      assertThat(reader.matches()).isTrue();
      return reader.scorer().score(instances);
    }
  }
}
