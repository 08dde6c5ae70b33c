package io.freshet.scoring.boosted;

import io.freshet.scoring.AnytimeScorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/** A sum of small networks, each of which learns what those before it leave. */
public final class BoostedScoring implements ScorerFamily {

  @Override
  public String name() {
    return "boosted-mlp";
  }

  @Override
  public ModelState emptyState(ModelSettings settings) {
    return new BoostedShape(settings).network().emptyState();
  }

  @Override
  public AnytimeScorer scorer(ModelSettings settings, ModelState state) {
    return new BoostedScorer(new BoostedShape(settings), state, Kernels.best());
  }
}
