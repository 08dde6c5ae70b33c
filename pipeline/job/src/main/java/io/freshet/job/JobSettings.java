package io.freshet.job;

import io.freshet.job.input.InputPartitions;
import io.freshet.modellog.ModelLogs;
import io.freshet.scoring.settings.ModelsFile;

/**
 * What the topology needs to know.
 *
 * @param inputs the event topics
 * @param parallelism of source, filter and timelines; learners have one subtask each
 * @param references whether the references learn beside the models
 * @param code version of Freshet
 */
public record JobSettings(
    ModelsFile models,
    InputPartitions inputs,
    ModelLogs logs,
    int parallelism,
    boolean references,
    String code) {

  public JobSettings {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism must be at least 1, got " + parallelism);
    }
  }

  /** Task slots that the job needs: learners have slots of their own. */
  public int slots() {
    return parallelism + models.models().size() + (references ? 1 : 0);
  }
}
