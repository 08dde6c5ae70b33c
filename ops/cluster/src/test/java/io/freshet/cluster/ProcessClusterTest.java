package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learner.LearnerGauge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job on a real cluster: what is killed comes back, and the models know nothing of it. */
class ProcessClusterTest {

  private static final String FLINK = "flink_taskmanager_job_task_operator_";
  private static final int EVENTS = 6_000;
  private static final Duration AGAIN = Duration.ofSeconds(120);
  private static final int SCRAPES = 20;
  private static final Duration BETWEEN_SCRAPES = Duration.ofMillis(250);
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

  @BeforeAll
  static void startEverything() throws IOException {
    source = Shop.file(directory.resolve("events.jsonl"), EVENTS);
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
    for (LearnerGauge kind : EnumSet.complementOf(EnumSet.of(LearnerGauge.ON_GPU))) {
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

  /** Of Flink's processes, less what they take when nobody looks. */
  private static Duration processorTimeOfAScrape() {
    Duration idle = processorTime(port -> {});
    Duration scraped = processorTime(ProcessClusterTest::metrics);
    return scraped.minus(idle).dividedBy(SCRAPES);
  }

  private static Duration processorTime(IntConsumer look) {
    Duration before = processorTime();
    long began = System.nanoTime();
    for (int i = 0; i < SCRAPES; i++) {
      for (int port : cluster.metricsPorts()) {
        look.accept(port);
      }
      long next = began + (i + 1) * BETWEEN_SCRAPES.toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
    }
    return processorTime().minus(before);
  }

  private static Duration processorTime() {
    return Stream.of(cluster.jobManager(0), cluster.taskManager(0), cluster.taskManager(1))
        .map(member -> ProcessHandle.of(member.pid()).flatMap(h -> h.info().totalCpuDuration()))
        .flatMap(Optional::stream)
        .reduce(Duration.ZERO, Duration::plus);
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
    Training training = new Training(cluster, directory, "kills.", source);
    long submitted = System.nanoTime();
    String job = training.submit(MODELS);
    Member replay = training.replay(EVENTS - 1_000, 300);
    cluster.awaitRunning(job, AGAIN);
    training.awaitVersion("din");
    System.out.printf(
        "first version %d ms after its model was submitted%n",
        Duration.ofNanos(System.nanoTime() - submitted).toMillis());
    training.awaitCheckpoints(job, 3);

    Member learning = cluster.taskManagerOf(job, "learner-din");
    Duration lost = kill(learning, job);
    Duration taskManagerAgain = lost.plus(cluster.awaitRunning(job, AGAIN));
    learning.start();
    training.awaitCheckpoints(job, 2);

    cluster.jobManager(0).kill();
    cluster.jobManager(0).start();
    Duration jobManagerAgain = cluster.awaitRunning(job, AGAIN);
    System.out.printf(
        "running again %d ms after a killed task manager, %d ms after a killed job manager%n",
        taskManagerAgain.toMillis(), jobManagerAgain.toMillis());

    PatienceClock.await(AGAIN, "the replay must end", () -> !replay.isRunning());
    training.feedRest();
    training.awaitEnd(job, MODELS);
    assertMetricsTellWhatWasLearnt();
    System.out.printf(
        "%.1f ms of processor time for a scrape of job manager and task managers%n",
        processorTimeOfAScrape().toNanos() / 1e6);
    training.assertSameAsWithoutFlink(MODELS, "din", "boosted");
    cluster.rest().cancel(job);
  }
}
