package io.freshet.learning.optimizer;

import io.freshet.scoring.settings.ModelSettings.Optimizer;

/**
 * How an accumulator decays before an update: by half every so many of its own updates, or of
 * milliseconds of event time since its last update (never for time that runs backwards), or not at
 * all.
 */
final class Forgetting {

  private final double factorPerUpdate;
  private final long halfLifeMs;

  private Forgetting(double factorPerUpdate, long halfLifeMs) {
    this.factorPerUpdate = factorPerUpdate;
    this.halfLifeMs = halfLifeMs;
  }

  static Forgetting of(Optimizer settings) {
    double factor =
        settings.halfLifeUpdates() > 0 ? StrictMath.pow(2, -1 / settings.halfLifeUpdates()) : 1;
    return new Forgetting(factor, settings.halfLifeMs());
  }

  /** Whether {@link #factor} needs to know when the last update was. */
  boolean byTime() {
    return halfLifeMs > 0;
  }

  /**
   * @param elapsedMs event time since the last update
   */
  float factor(long elapsedMs) {
    if (halfLifeMs > 0) {
      return elapsedMs <= 0 ? 1 : (float) StrictMath.pow(2, -(double) elapsedMs / halfLifeMs);
    }
    return (float) factorPerUpdate;
  }
}
