package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshetTest {

  @TempDir Path directory;

  private final Shell shell = new Shell();

  @Test
  void wrongUseIsOneLineAndExitCodeTwo() {
    assertThat(shell.run()).isEqualTo(2);
    assertThat(shell.error()).isEqualTo("freshet: a command must be given, see freshet --help");
    assertThat(shell.run("dance")).isEqualTo(2);
    assertThat(shell.error()).contains("dance");
    assertThat(shell.run("demo", "--events", "0")).isEqualTo(2);
    assertThat(shell.error()).isEqualTo("freshet: --events must be at least 1, got 0");
    assertThat(shell.run("demo", "--rate", "fast")).isEqualTo(2);
    assertThat(shell.error()).contains("must be max or events per second above 0, got \"fast\"");
    assertThat(shell.run("demo", "--isolation", "none")).isEqualTo(2);
    assertThat(shell.error()).contains("none");
    assertThat(shell.run("demo", "--port", "70000")).isEqualTo(2);
    assertThat(shell.error()).contains("--port must be from 0 to 65535, got 70000");
    assertThat(shell.run("score", "din", "--brokers", "b")).isEqualTo(2);
    assertThat(shell.error())
        .contains(
            "one of --items, --pairs, --query and --queries must say what to score, got none");
    assertThat(shell.run("follow", "din")).isEqualTo(2);
    assertThat(shell.error()).contains("must say where Kafka is, got none");
    assertThat(shell.run("serve", "--brokers", "b:1")).isEqualTo(2);
    assertThat(shell.error()).contains("MODEL");
    assertThat(shell.run("serve", "din", "--stale-default", "0.1", "--brokers", "b:1"))
        .isEqualTo(2);
    assertThat(shell.error()).contains("--stale-default must come with --stale-after");
    assertThat(shell.run("collect")).isEqualTo(2);
    assertThat(shell.error()).contains("must say where Kafka is, got none");
    assertThat(shell.run("help", "dance")).isEqualTo(2);
    assertThat(shell.error()).contains("a command must be one of demo");
  }

  @Test
  void whatToReadAndHowMuchOfItIsCheckedBeforeKafkaIsAsked() {
    String[] score = {"score", "din", "--items", "a", "--brokers", "b:1"};
    assertThat(shell.run(with(score, "--version", "12"))).isEqualTo(2);
    assertThat(shell.error()).contains("must be an epoch and a number such as 1:250, got \"12\"");
    assertThat(shell.run(with(score, "--learnt-up-to", "noon"))).isEqualTo(2);
    assertThat(shell.error()).contains("a time such as 2026-01-31T12:00:00Z").contains("\"noon\"");
    assertThat(shell.run(with(score, "--version", "1:2", "--learnt-up-to", "5"))).isEqualTo(2);
    assertThat(shell.error())
        .contains("at most one of --version, --learnt-up-to")
        .endsWith("got 2");
    assertThat(shell.run(with(score, "--version", "1:2", "--served"))).isEqualTo(2);
    assertThat(shell.error()).contains("--version must be of a model").endsWith("got --served");
    assertThat(shell.run(with(score, "--units", "0"))).isEqualTo(2);
    assertThat(shell.error()).contains("--units: units to score with must be from 1 to");
    assertThat(shell.run(with(score, "--budget", "soon"))).isEqualTo(2);
    assertThat(shell.error())
        .contains("a duration such as 500us, 2ms, 1s or PT0.002S, got \"soon\"");
    assertThat(shell.run(with(score, "--budget", "PT-1S"))).isEqualTo(2);
    assertThat(shell.error()).contains("--budget: the time to score in must not be negative");
    assertThat(shell.run(with(score, "--budget", "1.5ms", "--units", "8"))).isEqualTo(2);
    assertThat(shell.error())
        .contains("at most one of --units and --budget may be given, got both");
  }

  private static String[] with(String[] command, String... more) {
    return Stream.of(command, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void aSourceThatIsNotThereIsNamed() {
    assertThat(shell.run("demo", "--source", "simulater")).isEqualTo(2);
    assertThat(shell.error()).contains("simulater").contains("did you mean simulator");
    assertThat(shell.run("replay", "events:" + directory.resolve("none.jsonl"), "--print"))
        .isEqualTo(2);
    assertThat(shell.error()).contains("none.jsonl");
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
    assertThat(shell.run("demo", "--models", models.toString())).isEqualTo(2);
    assertThat(shell.error()).contains("heartbeat").contains("dinn").contains("size");
  }

  @Test
  void anEncoderThatIsNotThereIsRefusedByWhatLearnsAndByNothingElse() throws Exception {
    Path models = directory.resolve("models.yaml");
    Files.writeString(
        models,
        """
        models:
          colbert:
            family: colbert
            features:
              - {name: query, from: query.text, as: tokens, length: 8}
              - {name: text, from: item.text, as: tokens, length: 16}
            ranking: {pretrained: {tokenizer: nowhere/tokenizer.json, model: nowhere/encoder.pt}}
            batch: {size: 0}
        """);
    for (String command : List.of("demo", "train")) {
      assertThat(shell.run(command, "--models", models.toString())).isEqualTo(2);
      assertThat(shell.error())
          .contains("models.colbert.batch.size: must be 1 to 65536, got 0")
          .contains(
              "models.colbert.ranking.pretrained.tokenizer: must be a file that can be read, got nowhere/tokenizer.json")
          .contains(
              "models.colbert.ranking.pretrained.model: must be a file that can be read, got nowhere/encoder.pt");
    }
    Files.writeString(models, Files.readString(models).replace("{size: 0}", "{size: 64}"));
    for (List<String> elsewhere : List.of(List.of("collect"), List.of("train", "--flink", "f:1"))) {
      List<String> line = new ArrayList<>(elsewhere);
      line.addAll(List.of("--models", models.toString()));
      assertThat(shell.run(line.toArray(new String[0]))).isEqualTo(2);
      assertThat(shell.error()).contains("must say where Kafka is, got none");
    }
  }

  @Test
  void anEmptyModelsFileIsRefused() throws Exception {
    Path models = Files.writeString(directory.resolve("empty.yaml"), "");
    assertThat(shell.run("demo", "--models", models.toString())).isEqualTo(2);
    assertThat(shell.error())
        .contains("--models must declare models, got an empty file at " + models);
    assertThat(shell.run("demo", "--models", directory.resolve("no.yaml").toString())).isEqualTo(2);
    assertThat(shell.error()).contains("no.yaml");
  }

  @Test
  void aBrokerThatIsNotThereIsAFailureThatNamesIt() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String brokers = "127.0.0.1:" + port;
    assertThat(shell.run("follow", "din", "--brokers", brokers)).isEqualTo(1);
    assertThat(shell.error())
        .isEqualTo("freshet: a Kafka broker must answer within 10 s, none did at " + brokers);
    assertThat(shell.run("inspect", "din", "--brokers", "no-port")).isEqualTo(1);
    assertThat(shell.error()).contains("no-port");
    assertThat(shell.run("inspect", "din", "--data", directory.toString())).isEqualTo(2);
    assertThat(shell.error()).contains("--data must be the directory of a demo");
    assertThat(shell.run("inspect", "din", "--kafka", directory.resolve("k").toString()))
        .isEqualTo(2);
    assertThat(shell.error()).contains("--kafka must be a readable properties file");
  }

  @Test
  void aDirectoryThatNeverWasADemoIsRefusedAndStaysAsItWas() {
    Path nowhere = directory.resolve("nowhere");
    for (String command : List.of("audit", "compare", "inspect")) {
      List<String> line = new ArrayList<>(List.of(command, "--data", nowhere.toString()));
      if (!command.equals("compare")) {
        line.add("din");
      }
      assertThat(shell.run(line.toArray(new String[0]))).as(command).isEqualTo(2);
      assertThat(shell.error())
          .contains("--data must be the directory of a demo, there is none in");
      assertThat(nowhere).doesNotExist();
    }
  }

  @Test
  void pairsToScoreAreCheckedBeforeKafkaIsAsked() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.csv"), "");
    assertThat(shell.run("score", "din", "--pairs", empty.toString(), "--brokers", "b:1"))
        .isEqualTo(2);
    assertThat(shell.error()).contains("an empty file").contains("empty.csv");
    Path short1 = Files.writeString(directory.resolve("s.csv"), "userId,itemId\r\nu1\r\n");
    assertThat(shell.run("score", "din", "--pairs", short1.toString(), "--brokers", "b:1"))
        .isEqualTo(2);
    assertThat(shell.error()).contains("must have 2 fields, got 1 in line 2");
    Path other = Files.writeString(directory.resolve("o.csv"), "a,b\r\n1,2\r\n");
    assertThat(shell.run("score", "din", "--pairs", other.toString(), "--brokers", "b:1"))
        .isEqualTo(2);
    assertThat(shell.error()).contains("must have the columns userId and itemId, got [a, b]");
  }

  @Test
  void replayPrintsEventsThatReplayReadsBack() throws Exception {
    assertThat(shell.run("replay", "simulator", "--print", "--events", "50", "--seed", "4"))
        .isZero();
    String printed = shell.said();
    assertThat(printed.lines()).hasSize(50);
    Path file = Files.writeString(directory.resolve("e.jsonl"), printed);
    assertThat(shell.run("replay", "events:" + file, "--print")).isZero();
    assertThat(shell.said()).isEqualTo(printed);
  }

  @Test
  void everyCommandExplainsItself() {
    for (String command : new String[] {"demo", "train", "replay", "score", "follow", "inspect"}) {
      assertThat(shell.run(command, "--help")).as(command).isZero();
      assertThat(shell.said()).startsWith("Usage: freshet " + command);
    }
  }
}
