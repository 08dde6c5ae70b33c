package io.freshet.cluster;

import static io.freshet.cluster.DeployedFiles.flinkOf;
import static io.freshet.cluster.DeployedFiles.flinkOnKubernetes;
import static io.freshet.cluster.DeployedFiles.inPom;
import static io.freshet.cluster.DeployedFiles.read;
import static io.freshet.cluster.DeployedFiles.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What Kubernetes is given is the composed cluster, and fits together. The operator's whole schema
 * is not here: what is used of it is listed, as {@code ops/kubernetes/check} has proven it.
 */
class KubernetesTest {

  /** Fields of {@code FlinkDeployment.spec} in flink.apache.org/v1beta1 that are used. */
  private static final Set<String> SPEC =
      Set.of(
          "image",
          "imagePullPolicy",
          "flinkVersion",
          "serviceAccount",
          "flinkConfiguration",
          "podTemplate",
          "jobManager",
          "taskManager");

  /** What Kubernetes gives itself, or the operator sets from other fields. */
  private static final Set<String> OTHERWISE =
      Set.of(
          "high-availability.type",
          "high-availability.zookeeper.quorum",
          "high-availability.cluster-id",
          "taskmanager.memory.process.size");

  private static JsonNode flink() throws IOException {
    return read("ops/kubernetes/base/flink.yaml").get(0);
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Everything that makes pods: its specification of them. */
  private static List<JsonNode> pods() throws IOException {
    List<JsonNode> pods = new ArrayList<>();
    pods.add(flink().at("/spec/podTemplate/spec"));
    pods.add(read("ops/kubernetes/base/reader.yaml").get(0).at("/spec/template/spec"));
    pods.add(read("ops/kubernetes/submit.yaml").get(0).at("/spec/template/spec"));
    pods.add(read("ops/kubernetes/upgrade.yaml").get(0).at("/spec/template/spec"));
    return pods;
  }

  @Test
  void theClusterHasTheComposedOnesSettings() throws IOException {
    Map<String, String> composed = new TreeMap<>(flinkOf("taskmanager"));
    Map<String, String> here = new TreeMap<>(flinkOnKubernetes());
    assertThat(here).containsEntry("high-availability.type", "kubernetes");
    assertThat(flink().at("/spec/taskManager/resource/memory").asText())
        .isEqualTo(composed.get("taskmanager.memory.process.size"));
    composed.put(
        "env.java.opts.taskmanager",
        service("taskmanager").at("/environment/FLINK_ENV_JAVA_OPTS_TM").asText());
    composed.keySet().removeAll(OTHERWISE);
    here.keySet().removeAll(OTHERWISE);
    assertThat(here).isEqualTo(composed);
    assertThat(flink().at("/spec/image").asText())
        .isEqualTo(service("taskmanager").at("/image").asText());
  }

  @Test
  void theOperatorKnowsWhatItIsGiven() throws IOException {
    assertThat(flink().at("/apiVersion").asText()).isEqualTo("flink.apache.org/v1beta1");
    assertThat(flink().at("/kind").asText()).isEqualTo("FlinkDeployment");
    assertThat(SPEC).containsAll(names(flink().at("/spec")));
    String[] version = inPom("pom.xml", "flink.version").split("\\.", -1);
    assertThat(flink().at("/spec/flinkVersion").asText())
        .isEqualTo("v" + version[0] + "_" + version[1]);
    assertThat(flink().at("/spec/podTemplate/spec/containers/0/name").asText())
        .isEqualTo("flink-main-container");
    flink()
        .at("/spec/flinkConfiguration")
        .forEach(value -> assertThat(value.isTextual()).as(value.toString()).isTrue());
  }

  @Test
  void theGpuOverlayIsTheComposedGpuTaskManager() throws IOException {
    JsonNode overlay = read("ops/kubernetes/gpu/kustomization.yaml").get(0);
    JsonNode patch =
        new com.fasterxml.jackson.dataformat.yaml.YAMLMapper()
            .readTree(overlay.at("/patches/0/patch").asText())
            .at("/spec");
    assertThat(patch.at("/image").asText())
        .isEqualTo(service("taskmanager-gpu").at("/image").asText());
    String command = service("taskmanager-gpu").at("/command").asText();
    JsonNode settings = patch.at("/flinkConfiguration");
    for (String key : names(settings)) {
      if (!key.equals("external-resource.gpu.kubernetes.config-key")) {
        assertThat(command).contains("-D " + key + "=" + settings.path(key).asText());
      }
    }
    assertThat(settings.path("external-resource.gpu.kubernetes.config-key").asText())
        .isEqualTo("nvidia.com/gpu");
  }

  @Test
  void everyMountHasItsVolumeAndNobodyRunsAsRoot() throws IOException {
    for (JsonNode pod : pods()) {
      Set<String> volumes = new HashSet<>();
      pod.at("/volumes").forEach(volume -> volumes.add(volume.at("/name").asText()));
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      for (JsonNode container : pod.at("/containers")) {
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
            .isFalse();
        container
            .at("/volumeMounts")
            .forEach(mount -> assertThat(volumes).contains(mount.at("/name").asText()));
      }
    }
    assertThat(flink().at("/spec/podTemplate/spec/volumes/0/persistentVolumeClaim/claimName"))
        .isEqualTo(read("ops/kubernetes/base/storage.yaml").get(0).at("/metadata/name"));
    assertThat(read("ops/kubernetes/base/storage.yaml").get(0).at("/spec/accessModes").toString())
        .isEqualTo("[\"ReadWriteMany\"]");
  }

  @Test
  void requestsReachReadersThatAreReady() throws IOException {
    List<JsonNode> documents = read("ops/kubernetes/base/reader.yaml");
    JsonNode deployment = documents.get(0);
    JsonNode service = documents.get(1);
    JsonNode container = deployment.at("/spec/template/spec/containers/0");
    assertThat(deployment.at("/spec/selector/matchLabels"))
        .isEqualTo(deployment.at("/spec/template/metadata/labels"))
        .isEqualTo(service.at("/spec/selector"));
    assertThat(service.at("/spec/ports/0/targetPort")).isEqualTo(container.at("/ports/0/name"));
    assertThat(container.at("/args").toString())
        .contains("--port=" + container.at("/ports/0/containerPort").asInt());
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/v2/health/ready");
    assertThat(container.at("/image").asText()).isEqualTo(service("reader").at("/image").asText());
  }

  @Test
  void anUpgradeIsASubmissionThatStopsTheJobFirst() throws IOException {
    JsonNode submit = read("ops/kubernetes/submit.yaml").get(0);
    JsonNode upgrade = read("ops/kubernetes/upgrade.yaml").get(0);
    List<String> args = new ArrayList<>();
    submit
        .at("/spec/template/spec/containers/0/args")
        .forEach(argument -> args.add(argument.asText()));
    assertThat(args).contains("--flink=" + flink().at("/metadata/name").asText() + "-rest:8081");
    args.add("--upgrade");
    List<String> more = new ArrayList<>();
    upgrade
        .at("/spec/template/spec/containers/0/args")
        .forEach(argument -> more.add(argument.asText()));
    assertThat(more).isEqualTo(args);
    assertThat(upgrade.at("/spec/template/spec/volumes"))
        .isEqualTo(submit.at("/spec/template/spec/volumes"));
  }
}
