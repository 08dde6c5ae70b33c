package io.freshet.job.learner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedCheckpointsTest {

  private static final JobID JOB = new JobID(1, 2);

  @TempDir Path directory;

  private static @Nullable String problem(String place) {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, place);
    return SharedCheckpoints.problem(settings, JOB);
  }

  @Test
  void aDirectoryThatTheJobManagerMadeElsewhereIsNamed() throws IOException {
    String place = directory.toUri().toString();
    assertThat(problem(place))
        .contains(directory.resolve(JOB.toHexString()).toString())
        .contains("execution.checkpointing.dir")
        .contains("shared mount");

    Files.createDirectory(directory.resolve(JOB.toHexString()));
    assertThat(problem(place)).isNull();
    assertThat(problem(directory.toString())).isNull();
  }

  @Test
  void objectStoresAreTheSameForAll() {
    assertThat(problem("s3://bucket/checkpoints")).isNull();
    assertThat(SharedCheckpoints.problem(new Configuration(), JOB)).isNull();
  }
}
