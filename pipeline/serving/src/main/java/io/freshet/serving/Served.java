package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.ModelState;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The served version itself, for whoever does more with it than score. Good only inside the call
 * that it was given to: afterwards its memory becomes another version's.
 *
 * @param facts what the manifest says of it
 * @param now milliseconds since 1970 UTC on the source's clock
 * @param state its proven memory; never written to
 * @param scorer over {@code state}, the calling thread's own for the length of the call
 */
public record Served(
    VersionFacts facts, long now, ModelState state, io.freshet.scoring.Scorer scorer) {

  static Served of(Side side, io.freshet.scoring.Scorer scorer, LongSupplier sourceClock) {
    return new Served(side.facts(), sourceClock.getAsLong(), side.memory().state(), scorer);
  }

  /** Source clock minus the event time up to which the version has learnt; never negative. */
  public Duration staleness() {
    return Duration.ofMillis(Math.max(0, now - facts.eventTime()));
  }
}
