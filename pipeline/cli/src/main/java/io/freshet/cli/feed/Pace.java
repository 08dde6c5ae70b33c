package io.freshet.cli.feed;

/**
 * Spreads events evenly over time; what was missed is caught up with, up to a tenth of a second.
 */
final class Pace {

  private static final long CATCH_UP_NANOS = 100_000_000;

  private final double nanosPerEvent;
  private double due = System.nanoTime();

  /**
   * @param perSecond events, infinite for no pace at all
   */
  Pace(double perSecond) {
    this.nanosPerEvent = 1e9 / perSecond;
  }

  /** At most zero when the next event may go. */
  long nanosUntilNext() {
    return nanosPerEvent == 0 ? 0 : (long) due - System.nanoTime();
  }

  /** An event goes now. */
  void passed() {
    due = Math.max(due + nanosPerEvent, System.nanoTime() - (double) CATCH_UP_NANOS);
  }

  /** Time in which nothing could go is not caught up with. */
  void skip() {
    due = Math.max(due, System.nanoTime());
  }
}
