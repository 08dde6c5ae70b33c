package io.freshet.cli.run;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.job.JobSettings;
import io.freshet.job.TrainingJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Hands the training job to a Flink cluster, which runs it from then on. */
public final class RemoteJob {

  private static final String NAME = "freshet-training";

  private RemoteJob() {}

  /**
   * Where the cluster is, and what it needs besides its own libraries.
   *
   * @param port of Flink's HTTP interface
   * @param jars with the job's classes; DJL lies in the cluster's {@code lib/}
   */
  public record Cluster(String host, int port, List<Path> jars) {

    public Cluster {
      jars = List.copyOf(jars);
    }
  }

  /**
   * Where a job goes on.
   *
   * @param savepoint path of a savepoint, or of a checkpoint that stayed
   * @param dropping whether what it holds of models that are no longer declared may go
   */
  public record From(String savepoint, boolean dropping) {}

  /**
   * Submits the job. State backend, storage of checkpoints and restarts are the cluster's business;
   * checkpoints are taken every second and stay when the job is cancelled.
   *
   * @param from the savepoint to go on from; null to start anew
   * @return the job's id on the cluster
   */
  public static String submit(
      JobSettings settings, KafkaAccess kafka, Cluster cluster, @Nullable From from) {
    Configuration configuration = new Configuration();
    configuration.set(
        PipelineOptions.GLOBAL_JOB_PARAMETERS,
        RunningJob.parameters(settings, kafka.topics().prefix()));
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from.savepoint);
      configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, from.dropping);
    }
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    String[] jars = cluster.jars.stream().map(Path::toString).toArray(String[]::new);
    try {
      StreamExecutionEnvironment environment =
          StreamExecutionEnvironment.createRemoteEnvironment(
              cluster.host, cluster.port, configuration, jars);
      TrainingJob.attach(
          environment, settings, kafka.topics(), LocalJob.inSmallPieces(kafka.properties()));
      JobClient client = environment.executeAsync(NAME);
      return client.getJobID().toString();
    } catch (Exception e) {
      throw new CommandFailed(
          "the cluster at %s:%d must take the job: %s"
              .formatted(cluster.host, cluster.port, Causes.of(e)),
          e);
    }
  }
}
