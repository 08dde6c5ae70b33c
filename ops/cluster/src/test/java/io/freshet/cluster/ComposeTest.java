package io.freshet.cluster;

import static io.freshet.cluster.DeployedFiles.ROOT;
import static io.freshet.cluster.DeployedFiles.flinkOf;
import static io.freshet.cluster.DeployedFiles.inPom;
import static io.freshet.cluster.DeployedFiles.read;
import static io.freshet.cluster.DeployedFiles.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The composed cluster is the tested one in all that is not about how soon faults are noticed. */
class ComposeTest {

  /** Where things are, which differs between one machine's processes and containers. */
  private static final Set<String> PLACES =
      Set.of(
          "jobmanager.rpc.address",
          "jobmanager.bind-host",
          "rest.address",
          "rest.bind-address",
          "taskmanager.host",
          "taskmanager.bind-host",
          "high-availability.zookeeper.quorum",
          "high-availability.storageDir",
          "execution.checkpointing.dir",
          "execution.checkpointing.savepoint-dir",
          "env.log.level");

  /** How soon a fault is noticed and worked on again: docs/OPERATIONS.md has both columns. */
  static final Set<String> PATIENCE =
      Set.of(
          "heartbeat.interval",
          "heartbeat.timeout",
          "high-availability.zookeeper.client.session-timeout",
          "high-availability.zookeeper.client.connection-timeout",
          "restart-strategy.fixed-delay.delay",
          "slot.request.timeout",
          "metrics.fetcher.update-interval");

  private static JsonNode services() throws IOException {
    return read("docker-compose.yml").get(0).at("/services");
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void theSettingsThatDecideWhatSurvivesAreThoseOfTheTestedCluster() throws IOException {
    Map<String, String> tested = new TreeMap<>(FlinkSettings.common(Path.of("shared"), 1));
    tested.keySet().removeAll(PLACES);
    tested.keySet().removeAll(PATIENCE);
    for (String service : List.of("jobmanager", "taskmanager", "taskmanager-gpu")) {
      assertThat(flinkOf(service)).as(service).containsAllEntriesOf(tested);
    }
  }

  @Test
  void thePageOfOperationsHasTheTestedPatienceBesideThatOfProduction() throws IOException {
    Map<String, String> tested = FlinkSettings.common(Path.of("shared"), 1);
    String page = Files.readString(ROOT.resolve("docs/OPERATIONS.md"));
    for (String key : PATIENCE) {
      assertThat(page).contains("| `" + key + "` | " + tested.get(key) + " | ");
    }
    String delay = "restart-strategy.fixed-delay.delay";
    assertThat(page)
        .contains(
            "| `"
                + delay
                + "` | "
                + tested.get(delay)
                + " | "
                + flinkOf("jobmanager").get(delay)
                + " | ");
  }

  @Test
  void whatFlinksImageDoesToSettingsLeavesTheirMeaning() throws IOException {
    // Its entry point takes every blank out of every line, and gives comments to Flink as settings.
    for (String service : List.of("jobmanager", "taskmanager", "taskmanager-gpu")) {
      String given = service(service).at("/environment/FLINK_PROPERTIES").asText();
      for (String line : given.lines().toList()) {
        assertThat(line).matches("[a-zA-Z.-]+: (\\S+|\\d+ (ms|s|min))");
      }
    }
    for (String service : List.of("taskmanager", "taskmanager-gpu")) {
      assertThat(service(service).at("/environment/FLINK_ENV_JAVA_OPTS_TM").asText())
          .contains("--add-modules=jdk.incubator.vector")
          .contains("-Dai.djl.offline=true");
    }
  }

  @Test
  void jobAndTaskManagersShareWhatTheyKeep() throws IOException {
    for (String path :
        List.of(
            "high-availability.storageDir",
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir")) {
      assertThat(flinkOf("jobmanager"))
          .hasEntrySatisfying(path, value -> assertThat(value).startsWith("file:///checkpoints/"));
    }
    for (String service : List.of("jobmanager", "taskmanager", "taskmanager-gpu")) {
      assertThat(service(service).at("/volumes/0").asText()).isEqualTo("checkpoints:/checkpoints");
    }
  }

  @Test
  void whatAContainerWaitsForIsThereAndSaysWhetherItIsWell() throws IOException {
    for (String name : names(services())) {
      JsonNode needed = service(name).path("depends_on");
      for (String other : names(needed)) {
        assertThat(services().has(other)).as(name + " needs " + other).isTrue();
        assertThat(needed.at("/" + other + "/condition").asText()).isEqualTo("service_healthy");
        assertThat(service(other).at("/healthcheck/test")).as(other).isNotEmpty();
      }
      boolean runsOn = service(name).path("restart").asText().equals("unless-stopped");
      assertThat(service(name).has("healthcheck")).as(name).isEqualTo(runsOn);
    }
  }

  @Test
  void nobodyRunsAsRootAndNothingListensToTheWorld() throws IOException {
    for (String name : names(services())) {
      assertThat(service(name).path("user").asText()).as(name).isNotBlank().isNotEqualTo("root");
      assertThat(service(name).path("security_opt").path(0).asText())
          .isEqualTo("no-new-privileges:true");
      for (JsonNode port : service(name).path("ports")) {
        assertThat(port.asText()).as(name).startsWith("127.0.0.1:");
      }
    }
  }

  @Test
  void everyImageIsPinnedToTheVersionThatIsBuiltAndTested() throws IOException {
    String flink = inPom("pom.xml", "flink.version");
    for (String name : names(services())) {
      String image = service(name).at("/image").asText();
      assertThat(image).as(name).matches("[a-z/-]+:.*[0-9].*");
      if (image.startsWith("freshet/flink")) {
        assertThat(image).endsWith(":" + flink);
      }
    }
    assertThat(service("kafka").at("/image").asText())
        .isEqualTo("apache/kafka:" + inPom("pom.xml", "kafka.version"));
    String dockerfile = Files.readString(ROOT.resolve("ops/images/Dockerfile"));
    String torch = inPom("pom.xml", "djl.pytorch.version");
    assertThat(dockerfile)
        .contains("FLINK_IMAGE=flink:" + flink + "-")
        .contains("PYTORCH_IMAGE=pytorch/pytorch:" + torch + "-cuda12.8-")
        .contains("PYTORCH_VERSION=" + torch + " PYTORCH_FLAVOR=cu128")
        .contains(
            "flink-external-resource-gpu:" + inPom("ops/cluster/pom.xml", "flink-gpu.version"));
    for (JsonNode service : services()) {
      String target = service.at("/build/target").asText();
      assertThat(target.isEmpty() || dockerfile.contains("AS " + target + "\n")).isTrue();
    }
  }

  @Test
  void aGpuTaskManagerTellsFlinkOfItsGpuAsTheTestedOneDoes() throws IOException {
    String command = service("taskmanager-gpu").at("/command").asText();
    assertThat(command)
        .startsWith("taskmanager ")
        .contains("-D external-resources=gpu")
        .contains("external-resource.gpu.amount=1")
        .contains("org.apache.flink.externalresource.gpu.GPUDriverFactory")
        .contains("external-resource.gpu.param.discovery-script.path=/opt/flink/gpu-discovery");
    assertThat(service("taskmanager-gpu").at("/profiles").toString()).isEqualTo("[\"gpu\"]");
    assertThat(service("taskmanager-gpu").at("/deploy/resources/reservations/devices/0").toString())
        .isEqualTo("{\"driver\":\"nvidia\",\"count\":1,\"capabilities\":[\"gpu\"]}");
  }

  @Test
  void aDiscoveryScriptNamesGpusOrSaysWhatIsMissing(@TempDir Path bin) throws Exception {
    Path script = ROOT.resolve("ops/images/gpu-discovery");
    Path smi = bin.resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\nprintf '0\\n1\\n2\\n'\n");
    assertThat(smi.toFile().setExecutable(true)).isTrue();
    String path = bin + ":" + System.getenv("PATH");

    assertThat(run(Map.of("PATH", path), "bash", script.toString(), "2").said()).isEqualTo("0,1\n");
    Ran few = run(Map.of("PATH", path), "bash", script.toString(), "4");
    assertThat(few.code()).isEqualTo(1);
    assertThat(few.said()).contains("4 GPUs must be there").contains("got 3");
    Files.delete(smi);
    assumeTrue(
        run(Map.of(), "sh", "-c", "command -v nvidia-smi").code() != 0,
        "SKIPPED: this machine has nvidia-smi, what is said without it was not looked at");
    assertThat(run(Map.of("PATH", path), "bash", script.toString(), "1").said())
        .contains("nvidia-smi must be there");
  }

  @Test
  void prometheusLooksWhereMetricsAreTold() throws IOException {
    Set<String> scraped = new HashSet<>();
    for (JsonNode job : read("ops/prometheus/compose.yml").get(0).at("/scrape_configs")) {
      for (JsonNode looked : job.at("/dns_sd_configs")) {
        for (JsonNode name : looked.at("/names")) {
          scraped.add(name.asText());
          String command = service(name.asText()).at("/command").asText();
          int port = looked.at("/port").asInt();
          boolean told =
              command.contains("--port " + port)
                  || job.at("/job_name").asText().equals("flink")
                      && String.valueOf(port)
                          .equals(flinkOf(name.asText()).get("metrics.reporter.prom.port"));
          assertThat(told).as(name.asText()).isTrue();
        }
      }
    }
    assertThat(scraped)
        .isEqualTo(Set.of("jobmanager", "taskmanager", "taskmanager-gpu", "reader", "collect"));
  }

  @Test
  void whatIsMountedFromTheRepositoryIsThere() throws IOException {
    for (String name : names(services())) {
      for (JsonNode mount : service(name).path("volumes")) {
        String from =
            mount.asText().replaceFirst("^\\$\\{[A-Z_]+:-([^}]+)\\}", "$1").split(":", -1)[0];
        boolean there =
            from.startsWith("./")
                ? Files.exists(ROOT.resolve(from))
                : read("docker-compose.yml").get(0).at("/volumes").has(from);
        assertThat(there).as(name + " mounts " + from).isTrue();
      }
    }
  }

  @Test
  void composeItselfTakesTheFile() throws Exception {
    List<String> compose = new ArrayList<>();
    for (List<String> form : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      List<String> version = new ArrayList<>(form);
      version.add("version");
      if (compose.isEmpty() && run(Map.of(), version.toArray(String[]::new)).code() == 0) {
        compose.addAll(form);
      }
    }
    assumeTrue(
        !compose.isEmpty(),
        "SKIPPED: neither docker compose nor docker-compose is installed; Compose's own check of docker-compose.yml did not run");
    compose.addAll(List.of("-f", "-", "--project-directory", ROOT.toString()));
    for (String profile : List.of("gpu", "collect", "submit")) {
      compose.addAll(List.of("--profile", profile));
    }
    compose.addAll(List.of("config", "--quiet"));
    // Version 1 of Compose knows everything here but the project's name.
    String file =
        Files.readString(ROOT.resolve("docker-compose.yml")).replace("\nname: freshet\n", "\n");

    Ran checked = run(Map.of(), file, compose.toArray(String[]::new));

    assertThat(checked.code()).as(checked.said()).isZero();
  }

  private record Ran(int code, String said) {}

  private static Ran run(Map<String, String> environment, String... command)
      throws InterruptedException {
    return run(environment, "", command);
  }

  private static Ran run(Map<String, String> environment, String input, String[] command)
      throws InterruptedException {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("pipe");
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ran(process.waitFor(), said);
    } catch (IOException e) {
      return new Ran(127, String.valueOf(e.getMessage()));
    }
  }
}
