package io.freshet.cli.run;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.job.JobSettings;
import io.freshet.job.TrainingJob;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/** The training job on a Flink cluster in this process, with checkpoints that stay. */
public final class LocalJob implements AutoCloseable {

  private static final String PARTITION_FETCH_BYTES = String.valueOf(64 << 10);
  private static final String FETCH_BYTES = String.valueOf(16 << 10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * @param checkpoints where they stay
   * @param savepoints where a stop leaves its own
   * @param from the snapshot to go on from; null to start anew
   * @param checkpointEvery between two checkpoints
   */
  public record Storage(
      Path checkpoints, Path savepoints, @Nullable Path from, Duration checkpointEvery) {}

  private final MiniCluster cluster;
  private final JobID job;
  private final Path savepoints;
  private final CompletableFuture<JobResult> result;

  private LocalJob(MiniCluster cluster, JobID job, Path savepoints) {
    this.cluster = cluster;
    this.job = job;
    this.savepoints = savepoints;
    this.result = cluster.requestJobResult(job);
  }

  /** Starts the job; it may still fail afterwards, see {@link #failure}. */
  public static LocalJob start(JobSettings settings, KafkaAccess kafka, Storage storage) {
    int learners = settings.models().models().size() + (settings.references() ? 1 : 0);
    Configuration configuration = configuration(storage);
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    TrainingJob.attach(environment, settings, kafka.topics(), inSmallPieces(kafka.properties()));
    JobGraph graph = environment.getStreamGraph().getJobGraph();
    if (storage.from() != null) {
      graph.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(
              storage.from().toUri().toString(), false, RecoveryClaimMode.CLAIM));
    }
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(settings.parallelism() + learners)
                .withRandomPorts()
                .build());
    try {
      cluster.start();
      cluster.submitJob(graph).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return new LocalJob(cluster, graph.getJobID(), storage.savepoints());
    } catch (Exception e) {
      close(cluster);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new CommandFailed("the job must start on the local cluster: " + Causes.of(e), e);
    }
  }

  /**
   * A partition that is fetched in large pieces runs ahead of the others, and whatever is ahead of
   * the slowest one waits in memory. A fetch for every few records would cost the broker more than
   * the records do.
   */
  static Properties inSmallPieces(Properties client) {
    client.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    client.putIfAbsent(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_BYTES);
    client.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
    return client;
  }

  private static Configuration configuration(Storage storage) {
    Configuration settings = new Configuration();
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, storage.checkpoints().toUri().toString());
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, storage.checkpointEvery());
    settings.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofMillis(500));
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    settings.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(5));
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "failure-rate");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_MAX_FAILURES_PER_INTERVAL, 3);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_FAILURE_RATE_INTERVAL,
        Duration.ofMinutes(1));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_DELAY, Duration.ofMillis(500));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(48));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(48));
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(192));
    settings.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(250));
    settings.set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
    return settings;
  }

  /** Where Flink's own HTTP interface is. */
  public URI rest() {
    return await(cluster.getRestAddress(), "Flink's HTTP interface must come up");
  }

  public JobID job() {
    return job;
  }

  /** Why the job came to an end by itself; empty while it runs. */
  public Optional<String> failure() {
    if (!result.isDone()) {
      return Optional.empty();
    }
    JobResult ended = await(result, "the job's result must be there");
    return Optional.of(
        ended
            .getSerializedThrowable()
            .map(thrown -> Causes.of(thrown.deserializeError(LocalJob.class.getClassLoader())))
            .orElse("it ended"));
  }

  /**
   * Lets the job write out everything, take a savepoint and end; nothing that waits is labelled.
   *
   * @return the savepoint
   */
  public Path stop() {
    String path =
        await(
            cluster.stopWithSavepoint(
                job, savepoints.toUri().toString(), false, SavepointFormatType.NATIVE),
            "the job must stop with a savepoint");
    JobResult ended = await(result, "the job must end");
    if (ended.getSerializedThrowable().isPresent()) {
      throw new CommandFailed(
          "the job must end without a failure: "
              + Causes.of(
                  ended
                      .getSerializedThrowable()
                      .get()
                      .deserializeError(LocalJob.class.getClassLoader())));
    }
    return Path.of(URI.create(path.replaceFirst("^file:/*", "file:///")));
  }

  private <T> T await(CompletableFuture<T> future, String expected) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CommandFailed(expected + ": " + Causes.of(e), e);
    } catch (TimeoutException e) {
      throw new CommandFailed(
          "%s within %d s, it did not".formatted(expected, PATIENCE.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(expected + ", interrupted", e);
    }
  }

  @Override
  public void close() {
    close(cluster);
  }

  private static void close(MiniCluster cluster) {
    try {
      cluster.close();
    } catch (Exception e) {
      throw new CommandFailed("the local cluster must close: " + Causes.of(e), e);
    }
  }
}
