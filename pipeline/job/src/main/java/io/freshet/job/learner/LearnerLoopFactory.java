package io.freshet.job.learner;

import io.freshet.job.Evaluation;
import io.freshet.job.input.InputPartitions;
import io.freshet.learning.Hardware;
import io.freshet.learning.LearnerFamilies;
import io.freshet.modellog.ModelLogs;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import java.io.DataInput;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Makes the loop of one model.
 *
 * @param settings canonical JSON of the model's settings
 * @param plan by which the histories in entries are packed
 */
public record LearnerLoopFactory(
    String settings, HistoryPlan plan, ModelLogs logs, InputPartitions partitions, String code)
    implements SequencedFactory {

  @Override
  public Sequenced start(Consumer<Evaluation> evaluations, Hardware hardware) {
    ModelSettings model = ModelSettingsJson.read(settings);
    return LearnerLoop.start(
        model, plan, LearnerFamilies.named(model.family()), hardware, port(model), evaluations);
  }

  @Override
  public Sequenced resume(Consumer<Evaluation> evaluations, Hardware hardware, DataInput in)
      throws IOException {
    ModelSettings model = ModelSettingsJson.read(settings);
    return LearnerLoop.resume(
        model, plan, LearnerFamilies.named(model.family()), hardware, port(model), evaluations, in);
  }

  private Publication.Port port(ModelSettings model) {
    return new Publication.Port(
        logs.open(model.name()),
        WallClock::milliseconds,
        partitions::nameOf,
        code,
        ThreadClock::cpuNanos);
  }
}
