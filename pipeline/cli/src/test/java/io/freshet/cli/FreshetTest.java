package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshetTest {

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Freshet.run(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        () -> 1_700_000_000_000L,
        args);
  }

  private String error() {
    String text = err.toString(StandardCharsets.UTF_8).strip();
    assertThat(text.lines().count()).as(text).isEqualTo(1);
    return text;
  }

  @Test
  void wrongUseIsOneLineAndExitCodeTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(error()).isEqualTo("freshet: a command must be given, see freshet --help");
    assertThat(run("dance")).isEqualTo(2);
    assertThat(error()).contains("dance");
    assertThat(run("demo", "--events", "0")).isEqualTo(2);
    assertThat(error()).isEqualTo("freshet: --events must be at least 1, got 0");
    assertThat(run("demo", "--rate", "fast")).isEqualTo(2);
    assertThat(error()).contains("must be max or events per second above 0, got \"fast\"");
    assertThat(run("demo", "--isolation", "none")).isEqualTo(2);
    assertThat(error()).contains("none");
    assertThat(run("demo", "--port", "70000")).isEqualTo(2);
    assertThat(error()).contains("--port must be from 0 to 65535, got 70000");
    assertThat(run("score", "din", "--brokers", "b")).isEqualTo(2);
    assertThat(error())
        .contains(
            "one of --items, --pairs, --query and --queries must say what to score, got none");
    assertThat(run("follow", "din")).isEqualTo(2);
    assertThat(error()).contains("must say where Kafka is, got none");
    assertThat(run("serve", "--brokers", "b:1")).isEqualTo(2);
    assertThat(error()).contains("MODEL");
    assertThat(run("serve", "din", "--stale-default", "0.1", "--brokers", "b:1")).isEqualTo(2);
    assertThat(error()).contains("--stale-default must come with --stale-after");
    assertThat(run("collect")).isEqualTo(2);
    assertThat(error()).contains("must say where Kafka is, got none");
    assertThat(run("help", "dance")).isEqualTo(2);
    assertThat(error()).contains("a command must be one of demo");
  }

  @Test
  void whatToReadAndHowMuchOfItIsCheckedBeforeKafkaIsAsked() {
    String[] score = {"score", "din", "--items", "a", "--brokers", "b:1"};
    assertThat(run(with(score, "--version", "12"))).isEqualTo(2);
    assertThat(error()).contains("must be an epoch and a number such as 1:250, got \"12\"");
    assertThat(run(with(score, "--learnt-up-to", "noon"))).isEqualTo(2);
    assertThat(error()).contains("a time such as 2026-01-31T12:00:00Z").contains("\"noon\"");
    assertThat(run(with(score, "--version", "1:2", "--learnt-up-to", "5"))).isEqualTo(2);
    assertThat(error()).contains("at most one of --version, --learnt-up-to").endsWith("got 2");
    assertThat(run(with(score, "--version", "1:2", "--served"))).isEqualTo(2);
    assertThat(error()).contains("--version must be of a model").endsWith("got --served");
    assertThat(run(with(score, "--units", "0"))).isEqualTo(2);
    assertThat(error()).contains("--units: units to score with must be from 1 to");
    assertThat(run(with(score, "--budget", "soon"))).isEqualTo(2);
    assertThat(error()).contains("a duration such as 500us, 2ms, 1s or PT0.002S, got \"soon\"");
    assertThat(run(with(score, "--budget", "PT-1S"))).isEqualTo(2);
    assertThat(error()).contains("--budget: the time to score in must not be negative");
    assertThat(run(with(score, "--budget", "1.5ms", "--units", "8"))).isEqualTo(2);
    assertThat(error()).contains("at most one of --units and --budget may be given, got both");
  }

  private static String[] with(String[] command, String... more) {
    return Stream.of(command, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void aSourceThatIsNotThereIsNamed() {
    assertThat(run("demo", "--source", "simulater")).isEqualTo(2);
    assertThat(error()).contains("simulater").contains("did you mean simulator");
    assertThat(run("replay", "events:" + directory.resolve("none.jsonl"), "--print")).isEqualTo(2);
    assertThat(error()).contains("none.jsonl");
  }

  @Test
  void settingsWithThreeMistakesAreRefusedWithAllThree() throws Exception {
    Path models = directory.resolve("models.yaml");
    Files.writeString(
        models,
        """
        stream: {heartbeat: -3s}
        models:
          din:
            family: dinn
            features:
              - {name: item, from: item.id, as: id, size: 0}
        """);
    assertThat(run("demo", "--models", models.toString())).isEqualTo(2);
    assertThat(error()).contains("heartbeat").contains("dinn").contains("size");
  }

  @Test
  void anEmptyModelsFileIsRefused() throws Exception {
    Path models = Files.writeString(directory.resolve("empty.yaml"), "");
    assertThat(run("demo", "--models", models.toString())).isEqualTo(2);
    assertThat(error()).contains("--models must declare models, got an empty file at " + models);
    assertThat(run("demo", "--models", directory.resolve("no.yaml").toString())).isEqualTo(2);
    assertThat(error()).contains("no.yaml");
  }

  @Test
  void aBrokerThatIsNotThereIsAFailureThatNamesIt() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String brokers = "127.0.0.1:" + port;
    assertThat(run("follow", "din", "--brokers", brokers)).isEqualTo(1);
    assertThat(error())
        .isEqualTo("freshet: a Kafka broker must answer within 10 s, none did at " + brokers);
    assertThat(run("inspect", "din", "--brokers", "no-port")).isEqualTo(1);
    assertThat(error()).contains("no-port");
    assertThat(run("inspect", "din", "--data", directory.toString())).isEqualTo(2);
    assertThat(error()).contains("--data must be the directory of a demo");
    assertThat(run("inspect", "din", "--kafka", directory.resolve("k").toString())).isEqualTo(2);
    assertThat(error()).contains("--kafka must be a readable properties file");
  }

  @Test
  void aDirectoryThatNeverWasADemoIsRefusedAndStaysAsItWas() {
    Path nowhere = directory.resolve("nowhere");
    for (String command : List.of("audit", "compare", "inspect")) {
      List<String> line = new ArrayList<>(List.of(command, "--data", nowhere.toString()));
      if (!command.equals("compare")) {
        line.add("din");
      }
      assertThat(run(line.toArray(new String[0]))).as(command).isEqualTo(2);
      assertThat(error()).contains("--data must be the directory of a demo, there is none in");
      assertThat(nowhere).doesNotExist();
    }
  }

  @Test
  void pairsToScoreAreCheckedBeforeKafkaIsAsked() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.csv"), "");
    assertThat(run("score", "din", "--pairs", empty.toString(), "--brokers", "b:1")).isEqualTo(2);
    assertThat(error()).contains("an empty file").contains("empty.csv");
    Path short1 = Files.writeString(directory.resolve("s.csv"), "userId,itemId\r\nu1\r\n");
    assertThat(run("score", "din", "--pairs", short1.toString(), "--brokers", "b:1")).isEqualTo(2);
    assertThat(error()).contains("must have 2 fields, got 1 in line 2");
    Path other = Files.writeString(directory.resolve("o.csv"), "a,b\r\n1,2\r\n");
    assertThat(run("score", "din", "--pairs", other.toString(), "--brokers", "b:1")).isEqualTo(2);
    assertThat(error()).contains("must have the columns userId and itemId, got [a, b]");
  }

  @Test
  void replayPrintsEventsThatReplayReadsBack() throws Exception {
    assertThat(run("replay", "simulator", "--print", "--events", "50", "--seed", "4")).isZero();
    String printed = out.toString(StandardCharsets.UTF_8);
    assertThat(printed.lines()).hasSize(50);
    Path file = Files.writeString(directory.resolve("e.jsonl"), printed);
    assertThat(run("replay", "events:" + file, "--print")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(printed);
  }

  @Test
  void everyCommandExplainsItself() {
    for (String command : new String[] {"demo", "train", "replay", "score", "follow", "inspect"}) {
      assertThat(run(command, "--help")).as(command).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: freshet " + command);
    }
  }
}
