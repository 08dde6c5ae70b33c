package io.freshet.job;

import io.freshet.job.input.InputPartitions;
import io.freshet.learning.reference.References;
import io.freshet.modellog.ModelLogs;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelsFile;
import java.util.ArrayList;
import java.util.List;

/**
 * What the topology needs to know.
 *
 * @param inputs the event topics
 * @param parallelism of source, filter and timelines; learners have one subtask each
 * @param references whether the references learn beside the models
 * @param slots what is asked of Flink where it decides on which task manager something runs
 * @param code version of Freshet
 */
public record JobSettings(
    ModelsFile models,
    InputPartitions inputs,
    ModelLogs logs,
    int parallelism,
    boolean references,
    SlotRequests slots,
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
      if (model.device() == Device.GPU && !slots.onGpu().contains(model.name())) {
        problems.add(
            path
                + ".device: must not be gpu where Flink has none: submit the job to a cluster with a task"
                + " manager that has the external resource gpu (freshet train --flink), or say auto, which"
                + " computes on the processor where there is no GPU");
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
  public int slotCount() {
    return parallelism + models.models().size() + (references ? 1 : 0);
  }
}
