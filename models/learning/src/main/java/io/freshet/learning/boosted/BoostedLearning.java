package io.freshet.learning.boosted;

import io.freshet.learning.ctr.CtrFamily;
import io.freshet.scoring.boosted.BoostedScoring;
import io.freshet.scoring.boosted.BoostedShape;
import java.util.List;

/**
 * Gradient-boosted small networks on a stream: the streaming form of Emami and Martínez-Muñoz,
 * "Sequential Training of Neural Networks with Gradient Boosting" (arXiv 1909.12098).
 */
public final class BoostedLearning extends CtrFamily {

  static final String ENGINE = "java";

  /** Of clicks: labels 0 and 1, by log loss. */
  public BoostedLearning() {
    this(BlockLoss.LOGISTIC);
  }

  private BoostedLearning(BlockLoss loss) {
    super(
        new BoostedScoring(),
        settings -> new BoostedShape(settings).network(),
        List.of(ENGINE),
        (settings, shape, state, changes, weights, engine) ->
            new BoostedTop(settings, loss, state, changes, weights));
  }

  /**
   * The same of values: labels are numbers, best standardised, learnt by squared error; a logit is
   * the value. No calibration. A job's labels are clicks, so it is in no registry.
   */
  public static BoostedLearning ofValues() {
    return new BoostedLearning(BlockLoss.SQUARED);
  }
}
