package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.scoring.state.StateDelta;
import org.jspecify.annotations.Nullable;

/**
 * The two states of a {@link ServingPair} as their one writer sees them: a version goes to the side
 * that nobody scores with, is proven there, swapped in, and then goes to the other side. Each side
 * keeps its own hash, so that changed memory in either of them is found by the next version that
 * touches it, and a proven copy of the other one replaces it.
 */
final class TwinStates {

  private final ServingPair pair;
  private final Follower.Events events;
  private @Nullable Side idle;
  private boolean suspect;

  TwinStates(ServingPair pair, Follower.Events events) {
    this.pair = pair;
    this.events = events;
  }

  @Nullable Side active() {
    return pair.active();
  }

  /**
   * Whether the active side's memory was found changed: it must be replaced by a state built anew.
   */
  boolean suspect() {
    return suspect;
  }

  /**
   * Serves the version that {@code delta} makes of the active one.
   *
   * @return what is wrong, and then the active version is still served; null when nothing is
   */
  @Nullable String apply(LogEntry.Manifest manifest, StateDelta delta, long offset) {
    Side active = pair.active();
    Side next = idle;
    if (active == null || next == null) {
      return "there must be two states to follow with";
    }
    String problem = next.apply(manifest, delta, offset);
    if (problem != null) {
      // Either this side's memory changed or the version is wrong: a proven copy of the other one
      // tells.
      next = provenCopy(active);
      if (next == null) {
        return "memory of %s has changed".formatted(active.facts().version());
      }
      String again = next.apply(manifest, delta, offset);
      if (again != null) {
        idle = provenCopy(active);
        return again;
      }
      repaired(manifest, "the second state: " + problem);
    }
    Side before = pair.swap(next);
    events.swapped(Swap.of(manifest, false));
    follow(before, next, manifest, delta, offset);
    return null;
  }

  /** Brings the side that was left to the same version. */
  private void follow(
      @Nullable Side before,
      Side active,
      LogEntry.Manifest manifest,
      StateDelta delta,
      long offset) {
    idle = before;
    String problem = before == null ? "it is missing" : before.apply(manifest, delta, offset);
    if (problem != null) {
      idle = provenCopy(active);
      repaired(manifest, "the first state: " + problem);
    }
  }

  private void repaired(LogEntry.Manifest manifest, String problem) {
    events.refused(
        new Refusal(manifest.facts().version(), problem + "; memory must have changed"), true);
    if (!suspect) {
      events.healed(manifest.facts());
    }
  }

  private @Nullable Side provenCopy(Side active) {
    Side copy = active.provenCopy();
    suspect |= copy == null;
    return copy;
  }

  /** Serves a state built anew. Returns whether its memory is still what its manifest says. */
  boolean show(Side built, LogEntry.Manifest manifest) {
    Side copy = built.provenCopy();
    if (copy == null) {
      return false;
    }
    idle = null; // not needed while the side before is still read
    pair.swap(built);
    idle = copy;
    suspect = false;
    events.swapped(Swap.of(manifest, true));
    return true;
  }
}
