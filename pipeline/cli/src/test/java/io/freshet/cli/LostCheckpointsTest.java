package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/OPERATIONS.md says of a job whose checkpoints and savepoints are all gone. */
class LostCheckpointsTest {

  private static final String MODELS =
      """
      labels: {action: click, wait: 1s}
      models:
        base:
          family: base
          features:
            - {name: item, from: item.id, as: id, size: 4}
          batch: {size: 32, span: 1s}
      """;

  private record Ran(int code, String said) {}

  private static Ran run(EmbeddedKafka kafka, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--brokers", kafka.brokers()));
    int code =
        Freshet.run(
            new Terminal(print, print, false),
            System::currentTimeMillis,
            all.toArray(String[]::new));
    return new Ran(code, out.toString(StandardCharsets.UTF_8));
  }

  /** Impressions of two items, of which one is clicked. */
  private static String events(Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 900; i++) {
      long time = 1_700_000_000_000L + 100L * i;
      boolean good = i % 2 == 0;
      lines.append(
          "{\"type\":\"impression\",\"impressionId\":\"a%d\",\"itemId\":\"%s\",\"userId\":\"u%d\",\"eventTime\":%d}\n"
              .formatted(i, good ? "good" : "bad", i % 7, time));
      if (good) {
        lines.append(
            "{\"type\":\"click\",\"impressionId\":\"a%d\",\"userId\":\"u%d\",\"eventTime\":%d}\n"
                .formatted(i, i % 7, time + 50));
      }
    }
    return "events:" + Files.writeString(file, lines);
  }

  private static JsonNode newest(EmbeddedKafka kafka) throws IOException {
    Ran inspected = run(kafka, "inspect", "base", "--json");
    assertThat(inspected.code()).as(inspected.said()).isZero();
    return JsonMapper.builder().build().readTree(inspected.said());
  }

  @Test
  void theSameIsLearntAgainFromTheEventsOnceItIsAskedFor(@TempDir Path directory) throws Exception {
    String models = Files.writeString(directory.resolve("models.yaml"), MODELS).toString();
    String[] train = {"train", "--models", models, "--parallelism", "1"};
    String[] rewind = {"train", "--models", models, "--parallelism", "1", "--rewind"};
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      Ran replay =
          run(kafka, "replay", events(directory.resolve("events.jsonl")), "--create-topics");
      assertThat(replay.code()).as(replay.said()).isZero();
      // Without --data its checkpoints are gone when it ends.
      Ran first = run(kafka, train);
      assertThat(first.code()).as(first.said()).isZero();
      JsonNode learnt = newest(kafka);

      Ran again = run(kafka, train);
      assertThat(again.code()).as(again.said()).isEqualTo(1);
      assertThat(again.said())
          .contains("must not lie below the last committed version")
          .contains("or rewind explicitly");
      Ran rewound = run(kafka, rewind);
      assertThat(rewound.code()).as(rewound.said()).isZero();

      JsonNode relearnt = newest(kafka);
      assertThat(relearnt.at("/epoch").asLong()).isGreaterThan(learnt.at("/epoch").asLong());
      assertThat(relearnt.at("/step")).isEqualTo(learnt.at("/step"));
      assertThat(relearnt.at("/stateHash")).isEqualTo(learnt.at("/stateHash"));
    }
  }
}
