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
  private Counts ended = Counts.NONE;
  private Counts counts = Counts.NONE;
  private boolean retracted;
  private @Nullable String lastProblem;

  /** What the follower knows best. */
  void note(Follower follower) {
    mode = follower.mode();
    counts = follower.counts();
    retracted = follower.activeRetracted();
  }

  /** The follower has ended; another one begins to count at zero. */
  void ended() {
    ended = ended.plus(counts);
    counts = Counts.NONE;
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

  ReaderStats stats(PairScorer scorer) {
    Counts all = ended.plus(counts);
    return new ReaderStats(
        mode,
        facts,
        swaps,
        gaps,
        heals,
        undos,
        all.scrubs(),
        all.findings(),
        all.deltaBytes(),
        all.anchorBytes(),
        all.unreadable(),
        all.foreign(),
        scorer.refused(),
        scorer.defaulted(),
        retracted,
        lastProblem);
  }
}
