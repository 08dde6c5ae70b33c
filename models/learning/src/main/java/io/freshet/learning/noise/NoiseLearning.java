package io.freshet.learning.noise;

import io.freshet.learning.ctr.CtrFamily;
import io.freshet.scoring.noise.NoiseScoring;

/**
 * A deep plain MLP for training with annealed gradient noise (Neelakantan et al., arXiv
 * 1511.06807), which {@code optimizer.noise} sets as in every family.
 */
public final class NoiseLearning extends CtrFamily {

  public NoiseLearning() {
    this(new NoiseScoring());
  }

  private NoiseLearning(NoiseScoring scoring) {
    super(scoring, scoring::shape);
  }
}
