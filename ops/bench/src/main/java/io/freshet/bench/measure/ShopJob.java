package io.freshet.bench.measure;

import io.freshet.cli.DefaultModels;
import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.run.DataDirectory;
import io.freshet.cli.run.LocalJob;
import io.freshet.job.JobSettings;
import io.freshet.job.SlotRequests;
import io.freshet.job.input.InputPartitions;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ModelLogs;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Event;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The simulated shop, a Kafka, and the job that learns one of the demo's default models from it,
 * without references, with a checkpoint a second and keyed state in RocksDB, all in this process.
 */
final class ShopJob implements AutoCloseable {

  private final ModelsFile models;
  private final Source source;
  private final DataDirectory data;
  private final EmbeddedKafka broker;
  private final KafkaAccess kafka;
  private final SharedTopics topics;
  private final LocalJob job;
  private @Nullable Feeder feeder;
  private CompletableFuture<Void> feeding = CompletableFuture.completedFuture(null);

  private ShopJob(ModelsFile models, Source source) {
    this.models = models;
    this.source = source;
    this.data = DataDirectory.temporary();
    this.broker = EmbeddedKafka.start(data.kafka());
    this.kafka = KafkaAccess.to(broker.brokers(), new EventTopics(""));
    this.topics = new SharedTopics(kafka);
    topics.create((short) 1);
    JobSettings settings =
        new JobSettings(
            models,
            new InputPartitions(kafka.topics().events()),
            new Logs(kafka.client()),
            2,
            false,
            SlotRequests.NONE,
            "measure");
    this.job =
        LocalJob.start(
            settings,
            kafka,
            new LocalJob.Storage(
                data.checkpoints(), data.savepoints(), null, Duration.ofSeconds(1)));
  }

  /** Starts Kafka and the job; nothing is sent yet. */
  static ShopJob start(ModelsFile models, long seed) {
    return new ShopJob(models, source(seed));
  }

  /** As {@link #start(ModelsFile, long)}, of a shop in which so much happens in a second. */
  static ShopJob start(ModelsFile models, long seed, int perSecond) {
    return new ShopJob(models, Sources.open("simulator:rate=" + perSecond, seed));
  }

  /** The shop's default settings of one model. */
  static ModelsFile only(String model, long seed) {
    Source source = source(seed);
    ModelsFile all = DefaultModels.read(DefaultModels.text(null, source.name()), source.defaults());
    return new ModelsFile(
        all.stream(), all.models().stream().filter(one -> one.name().equals(model)).toList());
  }

  static Source source(long seed) {
    return Sources.open("simulator", seed);
  }

  /** The models' logs in the same Kafka. */
  private record Logs(Map<String, String> kafka) implements ModelLogs {

    @Override
    public ModelLog open(String model) {
      return KafkaModelLog.open(kafka, new TopicNames("", model), InstantSource.system(), false);
    }
  }

  KafkaAccess kafka() {
    return kafka;
  }

  /**
   * Begins to send, on a thread of its own.
   *
   * @param perSecond events; infinite for as fast as {@code gate} lets them
   */
  void feed(OptionalLong events, double perSecond, Feeder.Gate gate, Consumer<Event> watcher) {
    Feeder sending =
        new Feeder(
            source,
            kafka,
            topics.partitions(kafka.topics().events()),
            new Feeder.Plan(events, perSecond, models.stream().heartbeatMs(), 0),
            new SourceClock(),
            gate,
            watcher,
            null,
            System::currentTimeMillis);
    feeder = sending;
    feeding = CompletableFuture.runAsync(sending::run, ShopJob::daemon);
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "feeder");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * @throws IllegalStateException unless the job runs
   */
  void requireRunning() {
    if (job.failure().isPresent()) {
      throw new IllegalStateException("the job must run, it failed: " + job.failure().get());
    }
  }

  @Override
  public void close() {
    if (feeder != null) {
      feeder.stop();
      feeding.join();
    }
    job.close();
    broker.close();
    data.close();
  }
}
