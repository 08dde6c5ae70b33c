package io.freshet.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.freshet.cli.collect.CollectMetrics;
import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.serve.ServeMetrics;
import io.freshet.cli.serve.ServedModel;
import io.freshet.job.learner.LearnerGauge;
import io.freshet.schema.EventTopics;
import io.freshet.serving.testing.FakeModelReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators look at, and what wakes them, holds on to metrics that there are. */
class DashboardsTest {

  private static final Path OPS = Path.of("../../ops");
  private static final Path DASHBOARDS = OPS.resolve("grafana/dashboards");
  private static final Path RULES = OPS.resolve("prometheus/rules.yml");
  private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:" + OPERATOR + ")?freshet_[a-z0-9_]+");
  private static final Pattern OF_FLINK =
      Pattern.compile("\\bflink_(?!taskmanager_job_task_operator_freshet)\\w+");
  private static final Pattern IN_OPERATOR =
      Pattern.compile("\\.(?:counter|gauge)\\(\\s*\"(freshet_[a-z_]+)\"");

  /** Flink's own metrics that are looked at; a cluster's test finds them there. */
  private static final Set<String> FLINKS =
      Set.of(
          "flink_jobmanager_job_lastCheckpointDuration",
          "flink_jobmanager_job_numRestarts",
          "flink_taskmanager_job_task_busyTimeMsPerSecond",
          "flink_taskmanager_Status_JVM_Memory_Heap_Used",
          "flink_taskmanager_Status_JVM_Memory_Direct_MemoryUsed");

  private static Set<String> exported() throws IOException {
    Set<String> names = exportedByProcesses();
    inFlink().forEach(name -> names.add(OPERATOR + name));
    return names;
  }

  /** What the job's operators give to Flink's metrics, as their sources say. */
  private static Set<String> inFlink() throws IOException {
    Set<String> names = new TreeSet<>();
    for (LearnerGauge gauge : LearnerGauge.values()) {
      names.add(gauge.metric());
    }
    try (Stream<Path> sources = Files.walk(Path.of("../job/src/main/java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher found = IN_OPERATOR.matcher(Files.readString(source));
        while (found.find()) {
          names.add(found.group(1));
        }
      }
    }
    return names;
  }

  private static Set<String> exportedByProcesses() {
    CollectMetrics collect = new CollectMetrics();
    collect.heartbeats(() -> 0);
    FakeModelReader reader = new FakeModelReader(candidate -> 0.5);
    ServeMetrics serve =
        new ServeMetrics(
            List.of(
                new ServedModel(
                    "din", KafkaAccess.to("nowhere:1", new EventTopics("")), reader, () -> 1)),
            () -> 0);
    Set<String> names = new TreeSet<>();
    for (PrometheusText metrics :
        List.of(
            new MetricsText(() -> LivePageTest.view(1L << 30)).text(),
            collect.text(),
            serve.text())) {
      metrics
          .text()
          .lines()
          .filter(line -> line.startsWith("# TYPE "))
          .forEach(line -> names.add(line.split(" ")[2]));
    }
    return names;
  }

  /** What an expression asks for; of a histogram its name, whichever part of it is asked for. */
  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    found(METRIC, text)
        .forEach(name -> names.add(name.replaceFirst("_seconds_(bucket|count|sum)$", "_seconds")));
    return names;
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher found = pattern.matcher(text);
    while (found.find()) {
      names.add(found.group());
    }
    return names;
  }

  private static List<JsonNode> dashboards() throws IOException {
    List<JsonNode> dashboards = new ArrayList<>();
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.sorted().toList()) {
        dashboards.add(JsonMapper.builder().build().readTree(file.toFile()));
      }
    }
    return dashboards;
  }

  private static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    new YAMLMapper()
        .readTree(RULES.toFile())
        .at("/groups")
        .forEach(group -> group.at("/rules").forEach(alerts::add));
    return alerts;
  }

  @Test
  void everyMetricHasAPlaceOnADashboardAndEveryPanelShowsMetricsThatThereAre() throws Exception {
    Set<String> shown = new TreeSet<>();
    for (JsonNode dashboard : dashboards()) {
      assertThat(dashboard.at("/panels")).as(dashboard.at("/title").asText()).isNotEmpty();
      for (JsonNode panel : dashboard.at("/panels")) {
        for (JsonNode target : panel.at("/targets")) {
          Set<String> metrics = named(target.at("/expr").asText());
          Set<String> flinks = found(OF_FLINK, target.at("/expr").asText());
          assertThat(FLINKS).as(panel.at("/title").asText()).containsAll(flinks);
          assertThat(metrics.size() + flinks.size()).as(panel.at("/title").asText()).isPositive();
          shown.addAll(metrics);
        }
      }
    }
    assertThat(shown).isEqualTo(exported());
  }

  @Test
  void alertsAskForMetricsThatThereAre() throws Exception {
    for (JsonNode alert : alerts()) {
      assertThat(exported())
          .as(alert.at("/alert").asText())
          .containsAll(named(alert.at("/expr").asText()));
      assertThat(FLINKS).containsAll(found(OF_FLINK, alert.at("/expr").asText()));
    }
  }

  @Test
  void thePageOfMetricsNamesWhatOperatorsTellAndNothingElse() throws Exception {
    String page = Files.readString(Path.of("../../docs/METRICS.md"));
    assertThat(found(Pattern.compile("(?<=\\n\\| `)freshet_[a-z_]+"), page)).isEqualTo(inFlink());
  }

  @Test
  void theRunbookHasAnEntryForEveryAlertAndForNothingElse() throws Exception {
    String runbook = Files.readString(Path.of("../../docs/RUNBOOK.md"));
    List<String> entries =
        runbook
            .lines()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3))
            .toList();
    assertThat(entries)
        .containsExactlyElementsOf(
            alerts().stream().map(alert -> alert.at("/alert").asText()).toList());
    for (String entry : runbook.split("\n## ")) {
      if (!entry.startsWith("#")) {
        assertThat(entry).contains("*Meaning.*").contains("*First look.*").contains("*Remedy.*");
      }
    }
  }

  @Test
  void prometheusTakesTheRulesAndTheyFireWhenTheyShould() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool"))),
        "SKIPPED: promtool is not installed; Prometheus's own check of the alert rules did not run");
    promtool("check", "config", OPS.resolve("prometheus/prometheus.yml").toString());
    promtool("test", "rules", OPS.resolve("prometheus/rules-test.yml").toString());
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
