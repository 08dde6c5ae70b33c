package io.freshet.cluster;

import static io.freshet.cluster.DeployedFiles.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the commands that docker-compose.yml names in its head, where there is a Docker engine. */
class ComposedClusterTest {

  private static final Pattern COMMAND =
      Pattern.compile("^# +(start|submit|upgrade): +(docker compose .+)$", Pattern.MULTILINE);
  private static final URI SCORE = URI.create("http://localhost:8080/score?items=i1,i2");
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static int run(List<String> said, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      said.addAll(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList());
      return process.waitFor();
    } catch (IOException e) {
      return 127;
    }
  }

  private static void compose(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker", "compose"));
    command.addAll(List.of(arguments));
    List<String> said = new ArrayList<>();
    assertThat(run(said, command.toArray(String[]::new)))
        .as("%s said %s", command, said.subList(Math.max(0, said.size() - 30), said.size()))
        .isZero();
  }

  private static Optional<String> version() {
    try (var in = SCORE.toURL().openStream()) {
      JsonNode answer = JsonMapper.builder().build().readTree(in);
      return Optional.of(answer.at("/version").asText());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long epoch(String version) {
    return Long.parseLong(version.substring(0, version.indexOf(':')));
  }

  @Test
  void startSubmitAndUpgradeEndInScoresByAModelThatWentOn() throws Exception {
    assumeTrue(
        run(new ArrayList<>(), "docker", "info") == 0
            && run(new ArrayList<>(), "docker", "compose", "version") == 0,
        "SKIPPED: there is no Docker engine with Compose; the composed cluster was not started");
    List<String[]> commands = new ArrayList<>();
    Matcher named = COMMAND.matcher(Files.readString(ROOT.resolve("docker-compose.yml")));
    while (named.find()) {
      commands.add(named.group(2).replaceFirst("^docker compose ", "").strip().split(" +", -1));
    }
    assertThat(commands).hasSize(3);
    try {
      compose(commands.get(0));
      compose(commands.get(1));
      PatienceClock.await(PATIENCE, () -> "the reader must score", () -> version().isPresent());
      long before = epoch(version().orElseThrow());
      compose(commands.get(2));
      PatienceClock.await(
          PATIENCE,
          () -> "the upgraded job must publish, the reader serves " + version(),
          () -> version().filter(now -> epoch(now) > before).isPresent());
    } finally {
      compose("--profile", "submit", "down", "--volumes");
    }
  }
}
