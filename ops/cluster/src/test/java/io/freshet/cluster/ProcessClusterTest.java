package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.audit.Audit;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.JobProgress;
import io.freshet.job.learner.LearnerGauge;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.settings.ModelsFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job on a real cluster: what is killed comes back, and the models know nothing of it. */
class ProcessClusterTest {

  private static final String FLINK = "flink_taskmanager_job_task_operator_";
  private static final int EVENTS = 6_000;
  private static final Duration AGAIN = Duration.ofSeconds(120);
  private static final String MODELS =
      """
      labels: {wait: 5s}
      models:
        din:
          family: din
          features: &features
            - {name: item, from: item.id, as: id, size: 8}
            - {name: category, from: item.category, as: id, size: 4}
            - {name: item-rate, from: item.id, as: counters, halfLives: [1h]}
            - {name: position, from: position, as: bias}
          histories: &histories
            - {name: clicked, of: [item, category], actions: [click], length: 10}
          network: {units: [16, 8]}
          batch: {size: 64}
        boosted:
          family: boosted-mlp
          features: *features
          histories: *histories
          batch: {size: 64}
      """;

  @TempDir static Path directory;

  private static ProcessCluster cluster;
  private static String source;
  private static Path modelsFile;
  private static ModelsFile models;

  @BeforeAll
  static void startEverything() throws IOException {
    source = Shop.file(directory.resolve("events.jsonl"), EVENTS);
    modelsFile = Files.writeString(directory.resolve("models.yaml"), MODELS);
    models = Oracle.models(MODELS, source);
    cluster =
        ProcessCluster.start(
            Installation.ofThisBuild(), directory.resolve("cluster"), ClusterShape.of(2));
  }

  @AfterAll
  static void endEverything() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static KafkaAccess kafka(String prefix) {
    return KafkaAccess.to(cluster.brokers(), new EventTopics(prefix));
  }

  private static String submit(String prefix, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("--prefix", prefix, "--source", source, "--models", modelsFile.toString()));
    arguments.addAll(List.of(more));
    return cluster.train(arguments.toArray(String[]::new));
  }

  private static Member replay(String prefix, int rate) {
    return cluster
        .command(
            prefix + "replay",
            "replay",
            source,
            "--brokers",
            cluster.brokers(),
            "--prefix",
            prefix,
            "--rate",
            String.valueOf(rate))
        .start();
  }

  private static void awaitEnd(String job) {
    JobProgress progress =
        new JobProgress(
            URI.create("http://" + cluster.flinkAddress()),
            job,
            List.of("din", "boosted", "references"));
    PatienceClock.await(
        Duration.ofSeconds(180),
        () -> "learners must reach the end, they are at " + progress.snapshot(),
        () -> progress.refresh().learnt(Heartbeat.END_OF_TIME - 1));
  }

  private static void assertSameAsWithoutFlink(String prefix) throws IOException {
    for (String model : List.of("din", "boosted")) {
      assertThat(Shop.predictions(kafka(prefix), model, directory))
          .as(model)
          .isEqualTo(Oracle.predictions(models, model, source));
      assertThat(new Audit(kafka(prefix), models, records -> {}).of(model, version -> true).equal())
          .as("versions of %s that the events lead to", model)
          .isPositive();
    }
  }

  private static long checkpoints(String job) {
    return cluster.rest().checkpoints(job);
  }

  private static Duration kill(Member member, String job) {
    member.kill();
    return PatienceClock.await(AGAIN, "a loss must be noticed", () -> !cluster.rest().runs(job));
  }

  /** A reporter shows what is now: one look is enough, whichever task manager a learner is on. */
  private static void assertMetricsTellWhatWasLearnt() {
    StringBuilder all = new StringBuilder();
    for (int port : cluster.metricsPorts()) {
      all.append(metrics(port));
    }
    for (LearnerGauge kind : LearnerGauge.values()) {
      assertThat(
              all.toString().lines().filter(line -> line.startsWith(FLINK + kind.metric() + "{")))
          .as(kind.metric())
          .anyMatch(line -> line.contains("operator_name=\"learner_din\""))
          .noneMatch(line -> line.contains("learner_din") && line.endsWith("NaN"));
    }
    for (String shown :
        List.of(
            "flink_jobmanager_job_lastCheckpointDuration",
            "flink_jobmanager_job_numRestarts",
            "flink_taskmanager_job_task_busyTimeMsPerSecond",
            "flink_taskmanager_Status_JVM_Memory_Heap_Used",
            "flink_taskmanager_Status_JVM_Memory_Direct_MemoryUsed")) {
      assertThat(all).as("what dashboards show of Flink's own").contains(shown + "{");
    }
    for (String input : List.of("freshet_events", "freshet_dead_letters", "freshet_late_events")) {
      assertThat(all).contains(FLINK + input + "{");
    }
  }

  private static String metrics(int port) {
    URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(port));
    try (InputStream in = page.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(page + " must answer", e);
    }
  }

  @Test
  void killedTaskManagersAndJobManagersChangeNothingOfWhatIsLearnt() throws IOException {
    String job = submit("kills.");
    cluster.awaitRunning(job, AGAIN);
    Member replay = replay("kills.", 300);
    PatienceClock.await(AGAIN, "checkpoints must complete", () -> checkpoints(job) > 2);

    Member learning = cluster.taskManagerOf(job, "learner-din");
    Duration lost = kill(learning, job);
    Duration taskManagerAgain = lost.plus(cluster.awaitRunning(job, AGAIN));
    learning.start();
    long before = checkpoints(job);
    PatienceClock.await(AGAIN, "checkpoints must complete", () -> checkpoints(job) > before + 1);

    cluster.jobManager(0).kill();
    cluster.jobManager(0).start();
    Duration jobManagerAgain = cluster.awaitRunning(job, AGAIN);
    System.out.printf(
        "running again %d ms after a killed task manager, %d ms after a killed job manager%n",
        taskManagerAgain.toMillis(), jobManagerAgain.toMillis());

    awaitEnd(job);
    assertThat(replay.isRunning()).isFalse();
    assertMetricsTellWhatWasLearnt();
    assertSameAsWithoutFlink("kills.");
    cluster.rest().cancel(job);
  }
}
