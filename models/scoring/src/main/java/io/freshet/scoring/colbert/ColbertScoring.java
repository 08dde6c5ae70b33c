package io.freshet.scoring.colbert;

import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/** Late interaction of a query's and a document's tokens. */
public final class ColbertScoring implements ScorerFamily {

  @Override
  public String name() {
    return "colbert";
  }

  @Override
  public ModelState emptyState(ModelSettings settings) {
    return new ColbertShape(settings).emptyState();
  }

  @Override
  public ColbertScorer scorer(ModelSettings settings, ModelState state) {
    return new ColbertScorer(new ColbertShape(settings), state, Kernels.best());
  }
}
