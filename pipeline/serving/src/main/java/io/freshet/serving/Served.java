package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.ModelState;
import java.time.Duration;

/**
 * The served version itself, for whoever does more with it than score. Good only inside the call
 * that it was given to: afterwards its memory becomes another version's.
 *
 * @param facts what the manifest says of it
 * @param staleness source clock minus the event time up to which it has learnt
 * @param state its proven memory; never written to
 * @param scorer over {@code state}, the calling thread's own for the length of the call
 */
public record Served(
    VersionFacts facts, Duration staleness, ModelState state, io.freshet.scoring.Scorer scorer) {}
