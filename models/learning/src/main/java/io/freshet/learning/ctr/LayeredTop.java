package io.freshet.learning.ctr;

import io.freshet.learning.engine.CtrMath;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hidden layers on an engine, whose only statistics are those of Dice. */
final class LayeredTop implements CtrTop {

  private final CtrMath math;
  private final ModelState state;
  private final DiceStatistics dice;

  LayeredTop(
      ModelSettings settings,
      CtrShape shape,
      ModelState state,
      LearnerChanges changes,
      DenseWeights weights,
      Function<CtrShape, CtrMath> engine) {
    this.math = engine.apply(shape);
    this.state = state;
    this.dice = new DiceStatistics(shape, state, changes);
  }

  @Override
  public String engine() {
    return math.engine();
  }

  @Override
  public @Nullable String insteadOfGpu() {
    return math.insteadOfGpu();
  }

  @Override
  public CtrStep step(PackedBatch batch, long step) {
    return math.step(state.tensors(), batch);
  }

  @Override
  public void learn(PackedBatch batch, CtrStep result) {
    dice.learn(result.moments());
  }

  @Override
  public void endRound(long step) {}

  @Override
  public void close() {
    math.close();
  }
}
