package io.freshet.job.learner;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a task manager sees the directory that the job manager has made for a job's checkpoints.
 * If it does not, what it writes there is found by nobody when the job is to go on elsewhere.
 */
final class SharedCheckpoints {

  private SharedCheckpoints() {}

  /**
   * Only of paths in a file system of the machine: an object store is the same for all.
   *
   * @param settings of the task manager
   * @return what is wrong; null if nothing is
   */
  static @Nullable String problem(Configuration settings, JobID job) {
    String directory = settings.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
    if (directory == null || !settings.get(CheckpointingOptions.CREATE_CHECKPOINT_SUB_DIR)) {
      return null;
    }
    URI place = URI.create(directory);
    String scheme = place.getScheme();
    if (scheme != null && !scheme.equals("file")) {
      return null;
    }
    Path made = Path.of(scheme == null ? directory : place.getPath()).resolve(job.toHexString());
    return Files.isDirectory(made)
        ? null
        : "the checkpoint directory must be one that all of Flink's processes share: %s, which the job manager has made, is not there for this task manager; execution.checkpointing.dir must be the same everywhere, on a shared mount or an object store"
            .formatted(made);
  }
}
