package io.freshet.serving;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Left-right concurrency: one side is scored with while the other one changes; a swap is one
 * volatile write, and the side that was left changes only when its last reader has gone. Scoring
 * never waits; one thread swaps.
 *
 * <p>Ramalhete, Correia: Left-Right, a concurrency control technique with wait-free population
 * oblivious reads (2013).
 */
final class ServingPair {

  private static final long PARK_NANOS = 20_000;

  private final Consumer<Side> beforeSwap;
  private volatile @Nullable Side active;

  /** Tells nobody. */
  ServingPair() {
    this(side -> {});
  }

  /**
   * @param beforeSwap sees every side that is about to become the active one
   */
  ServingPair(Consumer<Side> beforeSwap) {
    this.beforeSwap = beforeSwap;
  }

  /** The side to score with, held until {@link #leave}; null before the first version. */
  @Nullable Side enter() {
    while (true) {
      Side side = active;
      if (side == null) {
        return null;
      }
      side.readers().incrementAndGet();
      if (isActive(side)) {
        return side;
      }
      side.readers().decrementAndGet();
    }
  }

  @SuppressWarnings("ReferenceEquality") // the side itself is meant, not its content
  private boolean isActive(Side side) {
    return active == side;
  }

  void leave(Side side) {
    side.readers().decrementAndGet();
  }

  @Nullable Side active() {
    return active;
  }

  /**
   * Makes {@code next} the active side, and gives the one before it once nobody scores with it any
   * more.
   */
  @Nullable Side swap(Side next) {
    beforeSwap.accept(next);
    Side before = active;
    active = next;
    if (before != null) {
      while (before.readers().get() != 0) {
        LockSupport.parkNanos(PARK_NANOS);
      }
    }
    return before;
  }
}
