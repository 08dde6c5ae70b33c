package io.freshet.scoring.din;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrScorer;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/**
 * Deep Interest Network (Zhou et al., KDD 2018, arXiv 1706.06978): each history is pooled by its
 * attention to the candidate.
 */
public final class DinScoring implements ScorerFamily {

  @Override
  public String name() {
    return "din";
  }

  /** The shape of a network of these settings, for its learner too. */
  public CtrShape shape(ModelSettings settings) {
    return new CtrShape(settings, FeatureLayout.of(settings), Pooling.ATTENTION);
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
