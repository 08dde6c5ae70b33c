package io.freshet.scoring.noise;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrScorer;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/**
 * A deep plain MLP, the kind of network that gradient noise makes trainable (Neelakantan et al.,
 * arXiv 1511.06807): each history is pooled by its mean.
 */
public final class NoiseScoring implements ScorerFamily {

  @Override
  public String name() {
    return "noise-mlp";
  }

  /** The shape of a network of these settings, for its learner too. */
  public CtrShape shape(ModelSettings settings) {
    return new CtrShape(settings, FeatureLayout.of(settings), Pooling.MEAN);
  }

  @Override
  public ModelState emptyState(ModelSettings settings) {
    return shape(settings).emptyState();
  }

  @Override
  public Scorer scorer(ModelSettings settings, ModelState state) {
    return new CtrScorer(shape(settings), state);
  }
}
