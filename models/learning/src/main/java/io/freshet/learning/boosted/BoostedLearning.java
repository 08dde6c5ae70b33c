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

  public BoostedLearning() {
    super(
        new BoostedScoring(),
        settings -> new BoostedShape(settings).network(),
        List.of(ENGINE),
        (settings, shape, state, changes, weights) ->
            new BoostedTop(settings, state, changes, weights));
  }
}
