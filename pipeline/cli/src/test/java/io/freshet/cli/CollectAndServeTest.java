package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three commands, as three processes would run them: events come in over HTTP, and scores go out.
 */
class CollectAndServeTest {

  private static final String MODELS =
      """
      stream: {outOfOrderness: 10s, heartbeat: 100ms}
      labels: {action: click, wait: 1s}
      models:
        base:
          family: base
          features:
            - {name: item, from: item.id, as: id, size: 4}
          batch: {size: 32, span: 1s}
          publish: {every: 250ms, anchorEvery: 5s}
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private int status(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url))).statusCode();
  }

  /** A page of impressions, of which the good item's are clicked. */
  private void post(String address, int page) throws IOException, InterruptedException {
    long now = InstantSource.system().millis();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      boolean good = i % 2 == 0;
      String id = page + "-" + i;
      lines.append(
          "{\"type\":\"impression\",\"impressionId\":\"%s\",\"itemId\":\"%s\",\"userId\":\"u%d\",\"eventTime\":%d}\n"
              .formatted(id, good ? "good" : "bad", i % 7, now - 100));
      if (good) {
        lines.append(
            "{\"type\":\"click\",\"impressionId\":\"%s\",\"userId\":\"u%d\",\"eventTime\":%d}\n"
                .formatted(id, i % 7, now));
      }
    }
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(address + "events"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
    assertThat(answer.body()).isEqualTo("{\"acknowledged\":60}");
  }

  @Test
  void whatIsCollectedIsLearntAndServed(@TempDir Path directory) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      assertLearntAndServed(
          Files.writeString(directory.resolve("models.yaml"), MODELS),
          command ->
              command.equals("collect")
                  ? List.of("--brokers", kafka.brokers(), "--create-topics")
                  : List.of("--brokers", kafka.brokers()));
    }
  }

  @Test
  void theRightsThatThePageListsAreEnoughForEachProcess(@TempDir Path directory) throws Exception {
    Path models = Files.writeString(directory.resolve("models.yaml"), MODELS);
    try (GuardedKafka kafka = GuardedKafka.start(directory)) {
      kafka.createTopics();
      kafka.grant(Files.readString(Path.of("../../docs/DEPLOY.md")));
      assertLearntAndServed(
          models, command -> List.of("--kafka", kafka.clientOf(command).toString()));

      String nobody = kafka.clientOf("nobody").toString();
      for (String command : List.of("collect", "train")) {
        try (RunningCommand refused = new RunningCommand(command, "--kafka", nobody)) {
          refused.await(() -> refused.said().contains("freshet: "));
          assertThat(refused.said())
              .contains("topics must exist at")
              .contains("this principal must have the right to see them; missing: ")
              .contains("catalog.items");
        }
      }
    }
  }

  /**
   * @param kafka what a command is told of Kafka
   */
  private void assertLearntAndServed(Path models, Function<String, List<String>> kafka)
      throws Exception {
    try (RunningCommand collect = started(kafka, "collect", "--models", models.toString())) {
      String events = collect.address();
      try (RunningCommand serve = started(kafka, "serve", "base");
          RunningCommand train =
              started(kafka, "train", "--models", models.toString(), "--parallelism", "1")) {
        String scores = serve.address();
        assertThat(status(scores + "v2/health/live")).isEqualTo(200);
        assertThat(status(scores + "v2/health/ready")).isEqualTo(503);
        int[] page = {0};
        train.await(
            () -> {
              post(events, page[0]++);
              return status(scores + "v2/health/ready") == 200;
            });
        train.await(
            () -> {
              post(events, page[0]++);
              JsonNode answer =
                  JsonMapper.builder()
                      .build()
                      .readTree(
                          send(HttpRequest.newBuilder(URI.create(scores + "score?items=bad,good")))
                              .body());
              double best = answer.at("/scores/0/score").asDouble();
              return answer.at("/scores/0/item").asText().equals("good")
                  && best > answer.at("/scores/1/score").asDouble() + 0.05
                  && answer.at("/stalenessMs").asLong() < PATIENCE.toMillis();
            });
        assertThat(send(HttpRequest.newBuilder(URI.create(scores + "metrics"))).body())
            .contains("freshet_served_version{family=\"base\",model=\"base\"}")
            .contains("freshet_staleness_seconds{family=\"base\",model=\"base\"}");
      }
    }
  }

  private static RunningCommand started(
      Function<String, List<String>> kafka, String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(more));
    words.addAll(kafka.apply(command));
    return new RunningCommand(words.toArray(String[]::new));
  }
}
