package io.freshet.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.RunningCommand;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, set up as ops/prometheus says, scrapes a demo and a scoring server. */
class WatchedDemoTest {

  private static final Path OPS = Path.of("../../ops").toAbsolutePath().normalize();
  private static final Pattern PAGE = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)/");

  private static final String MODELS =
      """
      models:
        din:
          family: base
          gate: {}
          features:
            - {name: item, from: item.id, as: id, size: 4}
      """;

  @TempDir Path directory;

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process start(String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log(name).toFile())
        .start();
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private Process demo() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-Dai.djl"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx700m",
            "-cp",
            System.getProperty("java.class.path", ""),
            "io.freshet.cli.Freshet",
            "demo",
            "--source",
            "simulator",
            "--rate",
            "1500",
            "--data",
            directory.resolve("data").toString(),
            "--models",
            Files.writeString(directory.resolve("models.yaml"), MODELS).toString()));
    return start("demo", command);
  }

  /** The repository's own settings, but for where the processes are. */
  private Path settings(String... targets) throws IOException {
    String given = Files.readString(OPS.resolve("prometheus/prometheus.yml"));
    String text =
        given
            .replace("5s", "1s")
            .replace("- rules.yml", "- " + OPS.resolve("prometheus/rules.yml"))
            .replace(
                "[\"localhost:9464\"]",
                Arrays.stream(targets).map(target -> '"' + target + '"').toList().toString());
    assertThat(text).contains(targets[0]).contains(OPS.toString());
    return Files.writeString(directory.resolve("prometheus.yml"), text);
  }

  /** What dashboards ask of a demo and a scoring server; nobody collects here. */
  private static List<String> expressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    try (Stream<Path> files = Files.list(OPS.resolve("grafana/dashboards"))) {
      for (Path file : files.sorted().toList()) {
        JsonNode dashboard = JsonMapper.builder().build().readTree(file.toFile());
        dashboard
            .findValuesAsText("expr")
            .forEach(text -> expressions.add(text.replace("$instance", ".*")));
      }
    }
    expressions.removeIf(
        text ->
            text.matches(
                "(?s).*(flink_|freshet_collected|freshet_refused|freshet_unacknowledged|freshet_ackn|freshet_heartbeat).*"));
    assertThat(expressions).hasSizeGreaterThan(30);
    return expressions;
  }

  private static JsonNode query(int port, String expression) throws IOException {
    URI asked =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query?query=%s"
                .formatted(port, URLEncoder.encode(expression, StandardCharsets.UTF_8)));
    try (var in = asked.toURL().openStream()) {
      return JsonMapper.builder().build().readTree(in).at("/data/result");
    }
  }

  /** Whether it has read its storage: until then it answers 503. */
  private static boolean isReady(int port) throws IOException {
    URI ready = URI.create("http://127.0.0.1:%d/-/ready".formatted(port));
    try {
      return ((HttpURLConnection) ready.toURL().openConnection()).getResponseCode() == 200;
    } catch (ConnectException notUpYet) {
      return false;
    }
  }

  @Test
  void everyPanelOfADemoAndItsReaderShowsSomething() throws Exception {
    assumeTrue(
        isInstalled("prometheus"),
        "SKIPPED: prometheus is not installed; no panel was asked for what it shows");
    int port = freePort();
    List<Process> processes = new ArrayList<>();
    try {
      processes.add(demo());
      RunningCommand.await(
          () -> PAGE.matcher(Files.readString(log("demo"))).find(), () -> "the demo says its page");
      Matcher page = PAGE.matcher(Files.readString(log("demo")));
      assertThat(page.find()).isTrue();
      try (RunningCommand serve =
          new RunningCommand("serve", "din", "--data", directory.resolve("data").toString())) {
        URI scores = URI.create(serve.address());
        processes.add(
            start(
                "prometheus",
                List.of(
                    "prometheus",
                    "--config.file="
                        + settings("127.0.0.1:" + page.group(1), scores.getAuthority()),
                    "--storage.tsdb.path=" + directory.resolve("prometheus"),
                    "--web.listen-address=127.0.0.1:" + port)));
        TreeSet<String> missing = new TreeSet<>(expressions());
        serve.await(
            () -> {
              processes.forEach(
                  process -> assertThat(process.isAlive()).as("see " + directory).isTrue());
              return isReady(port);
            });
        serve.await(
            () -> {
              processes.forEach(
                  process -> assertThat(process.isAlive()).as("see " + directory).isTrue());
              for (String expression : List.copyOf(missing)) {
                if (!query(port, expression).isEmpty()) {
                  missing.remove(expression);
                }
              }
              return missing.isEmpty();
            });
        assertThat(query(port, "up == 1")).hasSize(2);
        assertThat(query(port, "ALERTS{alertname=\"FreshetDown\",alertstate=\"firing\"}"))
            .isEmpty();
      }
    } finally {
      processes.forEach(Process::destroy);
      for (Process process : processes) {
        process.waitFor();
      }
    }
  }
}
