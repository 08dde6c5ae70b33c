package io.freshet.job.learner;

import io.freshet.job.Evaluation;
import io.freshet.learning.Hardware;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettingsJson;
import java.io.DataInput;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Makes the loop of the references.
 *
 * @param settings canonical JSON of the settings of the model whose features they share
 * @param plan by which the histories in entries are packed
 * @param labelAction the action that makes an example positive
 */
public record ReferenceLoopFactory(String settings, HistoryPlan plan, String labelAction)
    implements SequencedFactory {

  @Override
  public Sequenced start(Consumer<Evaluation> evaluations, Hardware hardware) {
    return ReferenceLoop.start(
        ModelSettingsJson.read(settings), plan, labelAction, evaluations, WallClock.milliseconds());
  }

  @Override
  public Sequenced resume(Consumer<Evaluation> evaluations, Hardware hardware, DataInput in)
      throws IOException {
    return ReferenceLoop.resume(
        ModelSettingsJson.read(settings),
        plan,
        labelAction,
        evaluations,
        WallClock.milliseconds(),
        in);
  }
}
