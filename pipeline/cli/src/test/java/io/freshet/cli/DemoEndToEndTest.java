package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.learning.metric.QualityReport;
import io.freshet.learning.metric.QualityRows;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.feature.Ids;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Kafka, real Flink, real files: what someone sees who runs the demo. */
class DemoEndToEndTest {

  @TempDir Path directory;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int demo(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "demo",
                "--data",
                directory.resolve("data").toString(),
                "--report",
                directory.resolve("r.json").toString(),
                "--predictions",
                directory.resolve("p.csv").toString()));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    return Freshet.run(
        new Terminal(
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        System::currentTimeMillis,
        args);
  }

  private JsonNode report() throws IOException {
    return JsonMapper.builder().build().readTree(Files.readAllBytes(directory.resolve("r.json")));
  }

  private Map<String, List<CSVRecord>> predictions() throws IOException {
    Map<String, List<CSVRecord>> byModel = new HashMap<>();
    try (Reader in = Files.newBufferedReader(directory.resolve("p.csv"));
        CSVParser parser =
            CSVParser.parse(
                in, CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
      for (CSVRecord row : parser) {
        byModel.computeIfAbsent(row.get("model"), name -> new ArrayList<>()).add(row);
      }
    }
    return byModel;
  }

  private static QualityRows rows(List<CSVRecord> records) {
    QualityRows.Builder rows = new QualityRows.Builder();
    for (CSVRecord row : records) {
      rows.add(
          Float.parseFloat(row.get("label")),
          Float.parseFloat(row.get("weight")),
          Float.parseFloat(row.get("prediction")),
          Ids.of(String.valueOf(row.get("userId"))),
          Integer.parseInt(row.get("position")),
          Double.parseDouble(row.get("trueProbability")),
          Long.parseLong(row.get("readyTime")));
    }
    return rows.build();
  }

  private void addsUp(JsonNode report, long events) throws IOException {
    assertThat(report.at("/complete").asBoolean()).isTrue();
    long given = 0;
    for (JsonNode count : report.at("/events")) {
      given += count.asLong();
    }
    assertThat(given).isEqualTo(events);
    assertThat(report.at("/trainedExamples").asLong() + report.at("/pendingExamples").asLong())
        .isEqualTo(report.at("/events/impression").asLong());
    assertThat(report.at("/lateEvents").asLong()).isZero();
    assertThat(report.at("/repeatedEvents").asLong()).isZero();

    Map<String, List<CSVRecord>> predictions = predictions();
    assertThat(report.at("/models").size()).isEqualTo(predictions.size());
    for (JsonNode model : report.at("/models")) {
      String name = model.at("/name").asText();
      List<CSVRecord> records = predictions.get(name);
      assertThat(records).as(name).hasSize(model.at("/examples").asInt());
      HashSet<String> ids = new HashSet<>();
      records.forEach(row -> ids.add(row.get("exampleId")));
      assertThat(ids).as(name + " learns each example once").hasSameSizeAs(records);
      QualityReport again = QualityReport.of(rows(records));
      assertThat(again.logLoss()).isEqualTo(model.at("/logLoss").asDouble());
      assertThat(again.auc()).isEqualTo(model.at("/auc").asDouble());
      assertThat(again.oracleLogLoss()).isEqualTo(model.at("/oracleLogLoss").asDouble());
    }
    assertThat(report.at("/readers").size()).isEqualTo(5);
    for (JsonNode reader : report.at("/readers")) {
      String name = reader.at("/model").asText();
      assertThat(reader.at("/matches").asBoolean()).as(name + " is proven").isTrue();
      JsonNode model = model(report, name);
      assertThat(reader.at("/version")).isEqualTo(model.at("/version"));
      assertThat(reader.at("/stateHash")).isEqualTo(model.at("/stateHash"));
      for (String none : List.of("gaps", "undos", "findings", "foreign", "staleRefused")) {
        assertThat(reader.path(none).isNumber()).as(none).isTrue();
        assertThat(reader.path(none).asLong()).as(none).isZero();
      }
    }
  }

  private static JsonNode model(JsonNode report, String name) {
    for (JsonNode model : report.at("/models")) {
      if (model.at("/name").asText().equals(name)) {
        return model;
      }
    }
    throw new AssertionError("the report must name " + name);
  }

  @Test
  void aDemoReportsWhatItsFilesProveAndASecondStartGoesOnWhereItStopped() throws Exception {
    assertThat(demo("--events", "14000", "--seed", "7"))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    JsonNode first = report();
    addsUp(first, 14_000);
    assertThat(first.at("/seed").asLong()).isEqualTo(7);
    assertThat(first.at("/freshness/measured").asLong()).isPositive();
    assertThat(first.at("/freshness/readyToServedMsP50").asDouble()).isPositive();
    assertThat(model(first, "prior").at("/version").isNull()).isTrue();
    assertThat(model(first, "din").at("/baselineLogLoss").asDouble())
        .isCloseTo(model(first, "logistic-regression").at("/logLoss").asDouble(), within(1e-12));
    List<CSVRecord> before = predictions().getOrDefault("din", List.of());

    assertThat(demo("--events", "17000")).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode second = report();
    addsUp(second, 17_000);
    assertThat(second.at("/seed").asLong()).isEqualTo(7);
    assertThat(model(second, "din").at("/step").asLong())
        .isGreaterThan(model(first, "din").at("/step").asLong());
    assertThat(model(second, "din").at("/epoch").asLong())
        .isGreaterThan(model(first, "din").at("/epoch").asLong());
    List<CSVRecord> after = predictions().getOrDefault("din", List.of());
    assertThat(after.subList(0, before.size()).stream().map(CSVRecord::toList))
        .isEqualTo(before.stream().map(CSVRecord::toList).toList());
    assertThat(directory.resolve("data/endpoint.json")).doesNotExist();
    auditsFindWhatTheEventsGive(second);
    modelsAreComparedOnTheSameExamples(second);
  }

  /** Over a stop and a second start, and with other settings. */
  private void auditsFindWhatTheEventsGive(JsonNode report) throws IOException {
    String data = directory.resolve("data").toString();
    err.reset();
    assertThat(run("audit", "din", "--data", data))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(model(report, "din").at("/stateHash").asText() + " came out");

    Path others =
        Files.writeString(
            directory.resolve("others.yaml"),
            """
            models: {din: {family: din, seed: 2, features: [{name: item, from: item.id, as: id}]}}
            """);
    assertThat(run("audit", "din", "--data", data, "--models", others.toString())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("with its own settings");
  }

  private void modelsAreComparedOnTheSameExamples(JsonNode report) throws IOException {
    err.reset();
    assertThat(run("compare", "--data", directory.resolve("data").toString(), "--json"))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    String said = err.toString(StandardCharsets.UTF_8);
    JsonNode compared = JsonMapper.builder().build().readTree(said.substring(said.indexOf("{\n")));
    assertThat(compared.at("/champion").asText()).isEqualTo("din");
    assertThat(compared.at("/models").size()).isEqualTo(report.at("/models").size());
    for (JsonNode row : compared.at("/models")) {
      JsonNode model = model(report, row.at("/name").asText());
      assertThat(row.at("/logLoss").asDouble()).isEqualTo(model.at("/logLoss").asDouble());
      assertThat(row.at("/examples")).isEqualTo(model.at("/examples"));
      assertThat(row.at("/logLossOverTime").size()).isEqualTo(8);
      boolean champion = row.at("/name").asText().equals("din");
      assertThat(row.at("/difference").isMissingNode()).isEqualTo(champion);
      boolean ofAll = row.at("/examples").equals(model(report, "din").at("/examples"));
      if (!champion && ofAll) {
        assertThat(row.at("/difference/mean").asDouble())
            .as(row.at("/name").asText())
            .isCloseTo(
                model(report, "din").at("/logLoss").asDouble() - row.at("/logLoss").asDouble(),
                within(5e-3));
      }
    }
  }

  @Test
  void anOffsetThatIsGoneStopsTheJobInsteadOfTrainingAgain() throws Exception {
    assertThat(demo("--events", "8000")).as(err.toString(StandardCharsets.UTF_8)).isZero();
    loseWhatFollows();
    err.reset();

    assertThat(demo("--events", "9000")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("the job must run, it failed: ")
        .contains("events.interactions");
    err.reset();
    assertThat(run("audit", "din", "--data", directory.resolve("data").toString())).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("events.interactions-0 must still hold offset 0");
  }

  /** Everything up to a record that the job has not read goes from the impressions' topic. */
  private void loseWhatFollows() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("data/kafka"))) {
      KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(""));
      String topic = kafka.topics().interactions();
      int partitions =
          new SharedTopics(kafka).partitions(kafka.topics().events()).getOrDefault(topic, 0);
      Map<TopicPartition, RecordsToDelete> gone = new HashMap<>();
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              kafka.properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
        byte[] heartbeat = new EventCodec().encode(new Heartbeat(0, "someone", -1));
        for (int p = 0; p < partitions; p++) {
          RecordMetadata last =
              producer.send(new ProducerRecord<>(topic, p, null, heartbeat)).get();
          gone.put(new TopicPartition(topic, p), RecordsToDelete.beforeOffset(last.offset() + 1));
        }
      }
      try (Admin admin = Admin.create(kafka.properties())) {
        admin.deleteRecords(gone).all().get();
      }
    }
  }

  @Test
  void theTrueEndOfASourceLabelsEverythingThatWaits() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      long time = 1_700_000_000_000L + 500L * i;
      lines.append(
          """
          {"type":"impression","impressionId":"a%d","itemId":"i%d","userId":"u%d","eventTime":%d}
          """
              .formatted(i, i % 17, i % 5, time));
      if (i % 9 == 0) {
        lines.append(
            """
            {"type":"click","impressionId":"a%d","userId":"u%d","eventTime":%d}
            """
                .formatted(i, i % 5, time + 200));
      }
    }
    lines.append("this line is no event\n");
    Path file = Files.writeString(directory.resolve("events.jsonl"), lines.toString());
    assertThat(demo("--source", "events:" + file))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    JsonNode report = report();
    assertThat(report.at("/trainedExamples").asLong()).isEqualTo(400);
    assertThat(report.at("/pendingExamples").asLong()).isZero();
    assertThat(report.at("/deadLetters").asLong()).isEqualTo(1);
    assertThat(report.at("/deadLettersByKind/invalid").asLong()).isEqualTo(1);
    assertThat(model(report, "din").at("/oracleLogLoss").isNull()).isTrue();
    double clicks =
        predictions().getOrDefault("din", List.of()).stream()
            .mapToDouble(row -> Double.parseDouble(row.get("label")))
            .sum();
    assertThat(clicks).isEqualTo(45);
  }
}
