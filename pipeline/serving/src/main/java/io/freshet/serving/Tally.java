package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import io.freshet.serving.ReaderStats.Mode;
import org.jspecify.annotations.Nullable;

/** Adds up what one reader meets. Guarded by its owner. */
final class Tally {

  private Mode mode = Mode.REBUILDING;
  private @Nullable VersionFacts facts;
  private long swaps;
  private long gaps;
  private long heals;
  private long undos;
  private long deltaBytes;
  private long anchorBytes;
  private long unreadable;
  private boolean retracted;
  private @Nullable String lastProblem;

  /** What the follower knows best. */
  void note(Follower follower) {
    mode = follower.mode();
    deltaBytes = follower.deltaBytes();
    anchorBytes = follower.anchorBytes();
    unreadable = follower.unreadable();
    retracted = follower.activeRetracted();
  }

  void swapped(Swap swap) {
    facts = swap.facts();
    swaps++;
    undos += swap.way() == Swap.Way.UNDONE ? 1 : 0;
    retracted = false;
  }

  void refused(String problem, boolean gap) {
    lastProblem = problem;
    gaps += gap ? 1 : 0;
  }

  void healed() {
    heals++;
  }

  ReaderStats stats() {
    return new ReaderStats(
        mode,
        facts,
        swaps,
        gaps,
        heals,
        undos,
        deltaBytes,
        anchorBytes,
        unreadable,
        retracted,
        lastProblem);
  }
}
