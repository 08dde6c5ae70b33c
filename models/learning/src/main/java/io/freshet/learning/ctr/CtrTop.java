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

/**
 * The mathematics of one kind of click-through network, with the statistics that it keeps beyond
 * its trainable tensors. Confined to one thread.
 */
public interface CtrTop extends AutoCloseable {

  /** The name and version of what computes: {@code djl-pytorch 2.7.1 cpu}. */
  String engine();

  /** See {@link io.freshet.learning.Learner#insteadOfGpu}. */
  default @Nullable String insteadOfGpu() {
    return null;
  }

  /** Whether an example can have this label. */
  default boolean isLabel(float label) {
    return label == 0 || label == 1;
  }

  /** Which labels those are, for messages. */
  default String labels() {
    return "0 or 1";
  }

  /**
   * Forward and backward over one batch; changes nothing.
   *
   * @param step that the batch will be, counted from 1
   */
  CtrStep step(PackedBatch batch, long step);

  /** Lets the batch of the last {@link #step} enter the statistics, after it was trained on. */
  void learn(PackedBatch batch, CtrStep result);

  /**
   * Closes a round.
   *
   * @param step steps taken so far
   */
  void endRound(long step);

  @Override
  void close();

  /** Builds the top of one learner; what it remembers it declares as the learner's own state. */
  interface Factory {

    /**
     * @param weights the dense tensors with their slots
     * @param engine what computes a shape's mathematics, for tops that do not themselves
     */
    CtrTop of(
        ModelSettings settings,
        CtrShape shape,
        ModelState state,
        LearnerChanges changes,
        DenseWeights weights,
        Function<CtrShape, CtrMath> engine);
  }
}
