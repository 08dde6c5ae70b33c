package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final Pattern ADDRESS = Pattern.compile("http://[^ ]+:[0-9]+/");
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient client = HttpClient.newHttpClient();

  /** A command on a thread of its own, until it is interrupted. */
  private static final class Running implements AutoCloseable {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final List<Integer> codes = new ArrayList<>();
    private final Thread thread;

    Running(String... args) {
      PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
      thread =
          new Thread(
              () ->
                  codes.add(
                      Freshet.run(
                          new Terminal(out, out, false), InstantSource.system()::millis, args)),
              args[0]);
      thread.start();
    }

    String said() {
      return said.toString(StandardCharsets.UTF_8);
    }

    String address() {
      Matcher[] found = new Matcher[1];
      await(
          () -> {
            found[0] = ADDRESS.matcher(said());
            return found[0].find();
          },
          this);
      return found[0].group();
    }

    @Override
    public void close() throws InterruptedException {
      thread.interrupt();
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).as(said()).isFalse();
    }
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(Condition condition, Running command) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.holds()) {
        assertThat(System.nanoTime()).as(command.said()).isLessThan(deadline);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(command.said(), e);
    }
  }

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
    String models = Files.writeString(directory.resolve("models.yaml"), MODELS).toString();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        Running collect =
            new Running(
                "collect", "--brokers", kafka.brokers(), "--create-topics", "--models", models)) {
      String events = collect.address();
      try (Running serve = new Running("serve", "base", "--brokers", kafka.brokers());
          Running train =
              new Running(
                  "train",
                  "--brokers",
                  kafka.brokers(),
                  "--models",
                  models,
                  "--parallelism",
                  "1")) {
        String scores = serve.address();
        assertThat(status(scores + "v2/health/live")).isEqualTo(200);
        assertThat(status(scores + "v2/health/ready")).isEqualTo(503);
        int[] page = {0};
        await(
            () -> {
              post(events, page[0]++);
              return status(scores + "v2/health/ready") == 200;
            },
            train);
        await(
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
            },
            train);
        assertThat(send(HttpRequest.newBuilder(URI.create(scores + "metrics"))).body())
            .contains("freshet_served_version{family=\"base\",model=\"base\"}")
            .contains("freshet_staleness_seconds{family=\"base\",model=\"base\"}");
      }
    }
  }
}
