package io.freshet.cli.run;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.Terminal;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.job.JobSettings;
import io.freshet.job.SlotRequests;
import io.freshet.job.input.InputPartitions;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The job in this process against Kafka elsewhere, until the topics end or {@link #stop}. */
public final class TrainRun {

  private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(5);
  private static final long TURN_MS = 500;

  private final JobSettings settings;
  private final KafkaAccess kafka;
  private final DataDirectory data;
  private final Terminal terminal;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  public TrainRun(JobSettings settings, KafkaAccess kafka, DataDirectory data, Terminal terminal) {
    this.settings = settings;
    this.kafka = kafka;
    this.data = data;
    this.terminal = terminal;
  }

  /** Lets {@link #run} come to a clean end, which is waited for at most so long. */
  public void stop(Duration patience) {
    stopped.countDown();
    try {
      if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        terminal.note("the job must end within " + patience.toSeconds() + " s, it did not");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the job. */
  public void run() {
    try {
      train();
    } finally {
      ended.countDown();
    }
  }

  private void train() {
    List<String> learners =
        new ArrayList<>(settings.models().models().stream().map(ModelSettings::name).toList());
    terminal.note("training %s from %s".formatted(String.join(", ", learners), kafka.brokers()));
    learners.add("references");
    Path snapshot = data.newestSnapshot();
    try (LocalJob job =
        LocalJob.start(
            settings,
            kafka,
            new LocalJob.Storage(
                data.checkpoints(), data.savepoints(), snapshot, CHECKPOINT_EVERY))) {
      JobProgress progress = new JobProgress(job.rest(), job.job().toString(), learners);
      boolean over = false;
      while (!over) {
        over = pause() || progress.refresh().learnt(Heartbeat.END_OF_TIME - 1);
        job.failure()
            .ifPresent(
                reason -> {
                  throw new CommandFailed("the job must run, it failed: " + reason);
                });
        terminal.progress(line(progress.snapshot()));
      }
      Path savepoint = job.stop();
      data.removeSnapshotsBut(savepoint);
      terminal.say("stopped with savepoint " + savepoint);
    }
  }

  /**
   * The job of {@code models} on the topics of {@code kafka}, references included.
   *
   * @param slots what is asked of Flink where it decides on which task manager something runs
   * @param rewind whether it may take back committed versions
   */
  public static JobSettings settings(
      ModelsFile models, KafkaAccess kafka, SlotRequests slots, int parallelism, boolean rewind) {
    return new JobSettings(
        models,
        new InputPartitions(kafka.topics().events()),
        new KafkaLogs(kafka.client(), kafka.topics().prefix(), rewind),
        parallelism,
        true,
        slots,
        Build.version());
  }

  private boolean pause() {
    try {
      return stopped.await(TURN_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static String line(JobProgress.Snapshot now) {
    if (!now.known() || now.watermark() < 0) {
      return "waiting for events and heartbeats in every partition";
    }
    return String.format(
        Locale.ROOT,
        "learners at %s, %,d entries waiting, %,d examples without label",
        now.watermark() >= Heartbeat.END_OF_TIME - 1
            ? "the end"
            : Instant.ofEpochMilli(now.watermark()),
        now.waitingEntries(),
        now.pendingExamples());
  }
}
