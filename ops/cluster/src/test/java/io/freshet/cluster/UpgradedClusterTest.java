package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job on a cluster of which one task manager says that it has a GPU: where learners land, and
 * that upgrades, rescaling and neighbours change nothing of what is learnt.
 */
class UpgradedClusterTest {

  private static final Duration SOON = Duration.ofSeconds(120);
  private static final int EVENTS = 4_000;
  private static final int HALF = 2_000;
  private static final String GPU_MANAGER = "taskmanager-0";
  private static final String MODELS =
      """
      labels: {wait: 5s}
      models:
        din:
          family: din
          device: auto
          features: &features
            - {name: item, from: item.id, as: id, size: 8}
            - {name: category, from: item.category, as: id, size: 4}
            - {name: position, from: position, as: bias}
          histories: &histories
            - {name: clicked, of: [item, category], actions: [click], length: 10}
          network: {units: [16, 8]}
          batch: {size: 64}
        base:
          family: base
          features: *features
          histories: *histories
          network: {units: [16, 8]}
          batch: {size: 64}
      """;

  /** Published at other times, which changes nothing that is learnt, and with one model more. */
  private static final String UPGRADED =
      MODELS.replace("batch: {size: 64}", "batch: {size: 64}\n    publish: {every: 500ms}")
          + "  late: {family: boosted-mlp, features: *features, batch: {size: 64}}\n";

  @TempDir static Path directory;

  private static ProcessCluster cluster;
  private static String source;

  /** What the discovery script prints; it fails where there is no such file. */
  private static Path found;

  @BeforeAll
  static void startEverything() throws IOException {
    source = Shop.file(directory.resolve("events.jsonl"), EVENTS);
    found = Files.writeString(directory.resolve("gpus"), "7");
    Path script =
        Files.createFile(
            directory.resolve("discover.sh"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(script, "#!/bin/sh\nexec cat '%s'\n".formatted(found));
    cluster =
        ProcessCluster.start(
            Installation.ofThisBuild(),
            directory.resolve("cluster"),
            ClusterShape.of(2).withGpus(1, script));
  }

  @AfterAll
  static void endEverything() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void endJobs() {
    cluster.rest().unfinishedJobs().forEach(job -> cluster.rest().cancel(job));
    PatienceClock.await(SOON, "jobs must end", () -> cluster.rest().unfinishedJobs().isEmpty());
  }

  private static void assertOnlyTheLearnerThatWantsAGpuIsWhereOneIs(String job) {
    for (Map.Entry<String, Set<String>> vertex : cluster.rest().placement(job).entrySet()) {
      boolean wants = vertex.getKey().contains("learner-din");
      assertThat(vertex.getValue().contains(GPU_MANAGER)).as(vertex.toString()).isEqualTo(wants);
    }
  }

  private static String metrics() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int port : cluster.metricsPorts()) {
      URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(port));
      try (InputStream in = page.toURL().openStream()) {
        all.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return all.toString();
  }

  @Test
  void upgradesRescalingAndNeighboursChangeNothingOfWhatIsLearnt() throws IOException {
    Training training = new Training(cluster, directory, "first.", source);
    String job = training.submit(MODELS, "--parallelism", "2");
    cluster.awaitRunning(job, SOON);
    assertOnlyTheLearnerThatWantsAGpuIsWhereOneIs(job);
    training.feed(HALF);
    training.awaitCheckpoints(job, 2);

    ProcessCluster.Ran beside = training.trySubmit(MODELS);
    assertThat(beside.code()).isEqualTo(1);
    assertThat(beside.said()).contains(job).contains("the same models").contains("--upgrade");

    Training neighbour = new Training(cluster, directory, "second.", source);
    String second = neighbour.submit(MODELS);
    cluster.awaitRunning(second, SOON);
    assertOnlyTheLearnerThatWantsAGpuIsWhereOneIs(second);
    neighbour.feedRest();
    neighbour.awaitEnd(second, MODELS);
    neighbour.assertSameAsWithoutFlink(MODELS, "din");
    cluster.rest().cancel(second);

    String upgraded = training.submit(UPGRADED, "--upgrade", "--parallelism", "3");
    cluster.awaitRunning(upgraded, SOON);
    assertOnlyTheLearnerThatWantsAGpuIsWhereOneIs(upgraded);
    training.feedRest();
    training.awaitEnd(upgraded, UPGRADED);
    training.assertSameAsWithoutFlink(UPGRADED, "din", "base");
    assertThat(training.predictions("late")).isNotEmpty();
    assertThat(metrics()).containsPattern("freshet_on_gpu\\{.*learner_din.*\\} 0\\.0");
    assertThat(cluster.taskManager(0).lastLines(5_000))
        .containsPattern(
            "learner-din [^ ]* computes on the processor: Flink gave GPU 7, but the PyTorch");
  }

  /** A job on other topics fails, again and again, with a message of these parts. */
  private static void assertRefused(String prefix, String models, String... parts)
      throws IOException {
    String job = new Training(cluster, directory, prefix, source).submit(models);
    PatienceClock.await(
        SOON,
        () -> "%s must fail with %s, it did with %s".formatted(job, List.of(parts), failure(job)),
        () -> Stream.of(parts).allMatch(failure(job)::contains));
    cluster.rest().cancel(job);
    PatienceClock.await(
        SOON, "the job must end", () -> !cluster.rest().unfinishedJobs().contains(job));
  }

  private static String failure(String job) {
    return cluster.rest().failure(job).orElse("nothing");
  }

  private static void restartGpuManager() {
    cluster.taskManager(0).kill();
    PatienceClock.await(SOON, "a loss must be noticed", () -> cluster.rest().taskManagers() == 1);
    cluster.taskManager(0).start();
    PatienceClock.await(
        SOON, "both task managers must register", () -> cluster.rest().taskManagers() == 2);
  }

  @Test
  void whatATaskManagerDoesNotHaveIsRefusedAndSaysWhatToDo() throws IOException {
    String demanding = MODELS.replace("device: auto", "device: gpu");
    assertRefused(
        "processors-only.",
        demanding,
        "model din must have a GPU (device: gpu): Flink gave GPU 7, but the PyTorch",
        "PYTORCH_LIBRARY_PATH",
        "device: auto");

    Files.delete(found);
    restartGpuManager();
    assertRefused(
        "no-index.", demanding, "Flink gave this task manager no GPU", "discovery script");
    Files.writeString(found, "7");

    Path settings = cluster.directory().resolve("conf/taskmanager-0/config.yaml");
    String right = Files.readString(settings);
    Files.writeString(
        settings, right.replace(cluster.directory() + "/checkpoints", directory + "/own"));
    restartGpuManager();
    assertRefused(
        "own-checkpoints.",
        MODELS,
        "the checkpoint directory must be one that all of Flink's processes share",
        directory + "/own");
    Files.writeString(settings, right);
    restartGpuManager();
  }
}
