package io.freshet.scoring.base;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrScorer;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/** Embedding and MLP, the base model of arXiv 1706.06978: each history is pooled by its mean. */
public final class BaseScoring implements ScorerFamily {

  @Override
  public String name() {
    return "base";
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
