package io.freshet.scoring;

import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;

/** What a serving process knows of one family: the shape of its state, and how it scores. */
public interface ScorerFamily {

  /** The name in {@code family:} of a models file. */
  String name();

  /** A state of the right tensors and tables, all zero and empty: what a reader starts from. */
  ModelState emptyState(ModelSettings settings);

  /** A scorer over {@code state}, which it reads in place. */
  Scorer scorer(ModelSettings settings, ModelState state);
}
