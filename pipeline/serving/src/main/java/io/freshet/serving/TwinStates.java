package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The two states of a {@link ServingPair} as their one writer sees them: a version goes to the side
 * that nobody scores with, is proven there, swapped in, and then goes to the other side. Each side
 * keeps its own hash, so that changed memory in either of them is found by the next version that
 * touches it, and a proven copy of the other one replaces it.
 */
final class TwinStates {

  private final ServingPair pair;
  private final ReaderEvents events;
  private @Nullable Side idle;
  private UndoLog undo;
  private boolean suspect;

  TwinStates(ServingPair pair, UndoLog undo, ReaderEvents events) {
    this.pair = pair;
    this.undo = undo;
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
    if (active == null) {
      return "there must be a state to follow with";
    }
    Side next = idle;
    String problem = next == null ? "it is missing" : next.apply(manifest, delta, offset, undo);
    if (next == null || problem != null) {
      // Either this side's memory changed or the version is wrong: a proven copy of the other one
      // tells.
      next = provenCopy(active);
      if (next == null) {
        return "memory of %s has changed".formatted(active.facts().version());
      }
      String again = next.apply(manifest, delta, offset, undo);
      if (again != null) {
        idle = provenCopy(active);
        return again;
      }
      repaired(manifest, "the second state: " + problem);
    }
    Side before = pair.swap(next);
    events.swapped(Swap.of(manifest, Swap.Way.DELTA));
    follow(before, next, side -> side.apply(manifest, delta, offset));
    return null;
  }

  /** Lets go of what no restart takes back any more. */
  void committed(@Nullable Version version) {
    undo.forgetUpTo(version);
  }

  /**
   * Serves the newest state that {@code live} accepts, if what was kept back leads there and its
   * hash comes out. Returns whether it did; if not, the active version is still served.
   */
  boolean undo(Predicate<UndoLog.Step> live) {
    Side active = pair.active();
    List<UndoLog.Step> way = undo.back(live);
    if (active == null || way.isEmpty()) {
      return false;
    }
    Side next = idle;
    String problem = next == null ? "it is missing" : next.undo(way);
    if (next == null || problem != null) {
      next = provenCopy(active);
      String again = next == null ? "memory has changed" : next.undo(way);
      if (next == null || again != null) {
        idle = null;
        events.refused(new Refusal(active.facts().version(), "undoing it: " + again), true);
        return false;
      }
      repaired(next.manifest(), "the second state: " + problem);
    }
    Side before = pair.swap(next);
    undo.gone(way.size());
    events.swapped(Swap.undone(way));
    follow(before, next, side -> side.undo(way));
    return true;
  }

  /** The states that there are, the active one first. */
  List<Side> sides() {
    Side active = pair.active();
    Side other = idle;
    if (active == null) {
      return List.of();
    }
    return other == null ? List.of(active) : List.of(active, other);
  }

  /**
   * Replaces a side whose memory was found changed by a proven copy of the other one; an active one
   * is left for the other one at once. If that one is no better, {@link #suspect} says so.
   */
  void replace(Side bad, String found) {
    Side active = pair.active();
    Side good = idle;
    if (active == null) {
      return;
    }
    idle = null;
    boolean activeIsBad = bad.equals(active);
    if (activeIsBad && good == null) {
      suspect = true;
    } else {
      Side left = activeIsBad ? java.util.Objects.requireNonNull(good) : active;
      if (activeIsBad) {
        pair.swap(left);
      }
      idle = provenCopy(left);
    }
    repaired(bad.manifest(), found);
  }

  /** Brings the side that was left to the same version. */
  private void follow(@Nullable Side before, Side active, Function<Side, @Nullable String> change) {
    idle = before;
    String problem = before == null ? "it is missing" : change.apply(before);
    if (problem != null) {
      idle = null;
      idle = provenCopy(active);
      repaired(active.manifest(), "the first state: " + problem);
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

  /**
   * Serves a state built anew, whose hash has come out as it was written, with its own way back.
   * The second state comes about afterwards: whoever waits for a version need not wait for that.
   */
  void show(Side built, UndoLog builtUndo) {
    idle = null; // not needed while the side before is still read
    pair.swap(built);
    undo = builtUndo;
    suspect = false;
    events.swapped(Swap.of(built.manifest(), Swap.Way.REBUILT));
    idle = provenCopy(built);
    if (suspect) {
      events.refused(
          new Refusal(built.facts().version(), "memory of the state just built has changed"), true);
    }
  }
}
