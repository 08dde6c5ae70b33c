package io.freshet.cli.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventKey;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CollectServerTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final CollectServer.Stream STREAM = new CollectServer.Stream(1_000, 20);
  private static final WebServer.Door DOOR = new WebServer.Door("127.0.0.1", 0, 8, 1 << 16);

  private final EmbeddedKafka kafka;
  private final KafkaAccess access;
  private final HttpClient client = HttpClient.newHttpClient();

  private record Answer(int status, JsonNode json) {}

  private record Taken(Event event, String key, TopicPartition partition) {}

  CollectServerTest(@TempDir Path directory) {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    access = KafkaAccess.to(kafka.brokers(), new EventTopics("shop."));
  }

  @BeforeAll
  void topics() {
    new SharedTopics(access).create((short) 1);
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  private CollectServer start() {
    return new CollectServer(DOOR, access, STREAM, () -> NOW, System::nanoTime);
  }

  private Answer post(CollectServer server, String type, String body) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(server.url() + "events"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Answer(
        response.statusCode(), JsonMapper.builder().build().readTree(response.body()));
  }

  private String get(CollectServer server, String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Everything that the event topics hold now. */
  private List<Taken> taken() throws Exception {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : access.topics().events()) {
      for (int p = 0; p < SharedTopics.EVENT_PARTITIONS; p++) {
        partitions.add(new TopicPartition(topic, p));
      }
    }
    Properties properties = access.properties();
    List<Taken> taken = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          taken.add(
              new Taken(
                  new EventCodec().decode(record.value()),
                  record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
                  new TopicPartition(record.topic(), record.partition())));
        }
      }
    }
    return taken;
  }

  private static String click(String id, long time) {
    return "{'type':'click','impressionId':'%s','userId':'u-%s','eventTime':%d}"
        .formatted(id, id, time);
  }

  @Test
  void whatIsAcknowledgedLiesInKafkaUnderItsKeyWithHeartbeatsInEveryPartition() throws Exception {
    try (CollectServer server = start()) {
      Answer one = post(server, "application/json", click("one", NOW));
      Answer array =
          post(
              server,
              "application/json",
              "[%s, {'type':'item','itemId':'i1','eventTime':%d}]"
                  .formatted(click("two", NOW), NOW));
      Answer lines =
          post(
              server,
              "application/x-ndjson; charset=utf-8",
              "%s\n\n{'type':'query','queryId':'q1','text':'kettle','eventTime':%d}\n"
                  .formatted(click("three", NOW), NOW));

      assertThat(one.json()).hasToString("{\"acknowledged\":1}");
      assertThat(array.json()).hasToString("{\"acknowledged\":2}");
      assertThat(lines.json()).hasToString("{\"acknowledged\":2}");
      assertThat(one.status()).isEqualTo(200);
      assertThat(get(server, "health/ready")).isEqualTo("{\"ready\":true}");
      assertThat(get(server, "metrics"))
          .contains("freshet_collected_events_total{type=\"click\"} 3.0")
          .contains("freshet_heartbeat_age_seconds 0.0");
    }
    List<Taken> taken = taken();
    Set<TopicPartition> beaten = new HashSet<>();
    List<Event> events = new ArrayList<>();
    for (Taken each : taken) {
      if (each.event() instanceof Heartbeat heartbeat) {
        assertThat(heartbeat.eventTime()).isEqualTo(NOW);
        beaten.add(each.partition());
      } else {
        assertThat(each.key()).isEqualTo(EventKey.of(each.event()));
        assertThat(each.partition().topic()).isEqualTo(access.topics().of(each.event()));
        events.add(each.event());
      }
    }
    assertThat(beaten).hasSize(3 * SharedTopics.EVENT_PARTITIONS);
    assertThat(events).hasSize(5);
  }

  @Test
  void whatIsNoEventIsNamedAndDoesNotHoldBackTheOthers() throws Exception {
    try (CollectServer server = start()) {
      Answer mixed =
          post(
              server,
              "application/x-ndjson",
              "not JSON\n%s\n%s\n%s\n{'type':'click','impressionId':'x'}"
                  .formatted(
                      click("good", NOW - 1_000),
                      click("late", NOW - 1_001),
                      click("ahead", NOW + 1_001)));

      assertThat(mixed.status()).isEqualTo(207);
      assertThat(mixed.json().at("/acknowledged").asInt()).isEqualTo(1);
      JsonNode refused = mixed.json().at("/refused");
      assertThat(refused.findValuesAsText("place"))
          .containsExactly("line 1", "line 3", "line 4", "line 5");
      assertThat(refused.at("/0/reason").asText())
          .startsWith("event must be one JSON object, got not JSON");
      assertThat(refused.at("/1/reason").asText())
          .isEqualTo(
              "eventTime must be within 1000 ms (stream.outOfOrderness) of this collector's clock at %d, got %d"
                  .formatted(NOW, NOW - 1_001));
      assertThat(refused.at("/3/reason").asText()).startsWith("eventTime must be there");

      Answer none = post(server, "application/json", "[{'type':'dance'}]");
      assertThat(none.status()).isEqualTo(400);
      assertThat(none.json().at("/refused/0/place").asText()).isEqualTo("event 0");
      assertThat(get(server, "metrics"))
          .contains("freshet_refused_events_total{reason=\"late\"} 1.0")
          .contains("freshet_refused_events_total{reason=\"ahead\"} 1.0")
          .contains("freshet_refused_events_total{reason=\"invalid\"} 3.0");
    }
  }

  @Test
  void aRequestWithoutEventsIsRefusedWhole() throws Exception {
    try (CollectServer server = start()) {
      assertThat(post(server, "application/json", "").status()).isEqualTo(400);
      assertThat(post(server, "application/json", "[]").json().at("/error").asText())
          .isEqualTo("events must be 1 to 10000, got 0");
      Answer lines = post(server, "application/json", click("a", NOW) + "\n" + click("b", NOW));
      assertThat(lines.status()).isEqualTo(400);
      assertThat(lines.json().at("/error").asText())
          .contains("JSON lines with content type application/x-ndjson; line 2 is not");
      assertThat(post(server, "application/json", " ".repeat(1 << 17)).status()).isEqualTo(413);
    }
  }

  @Test
  void aCollectorWithoutTopicsDoesNotStart() {
    KafkaAccess elsewhere = KafkaAccess.to(kafka.brokers(), new EventTopics("nowhere."));

    assertThatThrownBy(
            () -> new CollectServer(DOOR, elsewhere, STREAM, () -> NOW, System::nanoTime))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("must take events into [nowhere.");
  }
}
