package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.audit.Audit;
import io.freshet.cli.audit.LiveVersions;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.JobProgress;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The job of one models file on one prefix of topics of a cluster, fed from a file of events. */
final class Training {

  private static final Duration END = Duration.ofSeconds(180);

  private final ProcessCluster cluster;
  private final Path directory;
  private final String prefix;
  private final String source;

  Training(ProcessCluster cluster, Path directory, String prefix, String source) {
    this.cluster = cluster;
    this.directory = directory;
    this.prefix = prefix;
    this.source = source;
  }

  /** Submits a job, whatever comes of it. */
  ProcessCluster.Ran trySubmit(String models, String... more) throws IOException {
    Path file = Files.createTempFile(directory, "models", ".yaml");
    Files.writeString(file, models);
    List<String> arguments =
        new ArrayList<>(
            List.of("--prefix", prefix, "--source", source, "--models", file.toString()));
    arguments.addAll(List.of(more));
    return cluster.tryTrain(arguments.toArray(String[]::new));
  }

  /**
   * Submits a job.
   *
   * @return its id
   */
  String submit(String models, String... more) throws IOException {
    return ProcessCluster.job(trySubmit(models, more).checked());
  }

  /** Sends the first events, as fast as it goes. */
  void feed(int events) {
    send("--events", String.valueOf(events));
  }

  /** Sends those that have not been sent yet, and that there will be no more. */
  void feedRest() {
    send();
  }

  private void send(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("replay", source, "--brokers", cluster.brokers(), "--prefix", prefix));
    arguments.addAll(List.of(more));
    cluster.freshet(END, arguments.toArray(String[]::new)).checked();
  }

  /** Begins to send the first events at so many a second. */
  Member replay(int events, int rate) {
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
            String.valueOf(rate),
            "--events",
            String.valueOf(events))
        .start();
  }

  void awaitEnd(String job, String models) {
    List<String> learners = new ArrayList<>(names(models));
    learners.add("references");
    JobProgress progress =
        new JobProgress(URI.create("http://" + cluster.flinkAddress()), job, learners);
    PatienceClock.await(
        END,
        () -> "learners must reach the end, they are at " + progress.snapshot(),
        () -> progress.refresh().learnt(Heartbeat.END_OF_TIME - 1));
    // What was published until then is on the log when a checkpoint covers it.
    awaitCheckpoints(job, 2);
  }

  void awaitVersion(String model) {
    PatienceClock.await(
        END,
        "there must be a version of " + model,
        () -> !LiveVersions.read(kafka(), new TopicNames(prefix, model)).isEmpty());
  }

  void awaitCheckpoints(String job, int count) {
    long before = cluster.rest().checkpoints(job);
    PatienceClock.await(
        END, "checkpoints must complete", () -> cluster.rest().checkpoints(job) >= before + count);
  }

  /** Predictions and versions of models that saw all events are those of a replay in order. */
  void assertSameAsWithoutFlink(String models, String... of) throws IOException {
    ModelsFile file = Oracle.models(models, source);
    for (String model : of) {
      assertThat(predictions(model))
          .as(model)
          .hasSizeGreaterThan(1_000)
          .isEqualTo(Oracle.predictions(file, model, source));
      assertThat(new Audit(kafka(), file, records -> {}).of(model, version -> true).equal())
          .as("versions of %s that the events lead to", model)
          .isPositive();
    }
  }

  List<String> predictions(String model) throws IOException {
    return Shop.predictions(kafka(), model, directory);
  }

  private List<String> names(String models) {
    return Oracle.models(models, source).models().stream().map(ModelSettings::name).toList();
  }

  private KafkaAccess kafka() {
    return KafkaAccess.to(cluster.brokers(), new EventTopics(prefix));
  }
}
