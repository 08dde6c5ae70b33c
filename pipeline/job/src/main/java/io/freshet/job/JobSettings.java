package io.freshet.job;

import io.freshet.job.input.InputPartitions;
import io.freshet.learning.reference.References;
import io.freshet.modellog.ModelLogs;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.util.ArrayList;
import java.util.List;

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

  /**
   * @throws InvalidSettings with everything that this job cannot do
   */
  public JobSettings {
    List<String> problems = new ArrayList<>();
    if (parallelism < 1) {
      problems.add("parallelism: must be at least 1, got " + parallelism);
    }
    for (ModelSettings model : models.models()) {
      String path = "models." + model.name();
      if (model.warmStart() != null) {
        problems.add(
            path
                + ".warmStart: must be left out, no learner takes a start from another model yet,"
                + " got "
                + model.warmStart().from());
      }
      if (References.names().contains(model.name())) {
        problems.add(path + ": must not have the name of a reference, got " + model.name());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }

  /** Task slots that the job needs: learners have slots of their own. */
  public int slots() {
    return parallelism + models.models().size() + (references ? 1 : 0);
  }
}
