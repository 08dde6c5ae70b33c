package io.freshet.cli.feed;

import java.util.function.LongSupplier;

/**
 * Spreads events evenly over time, but for those of one event time, which go together: a page's
 * impressions are shown at once, and no promise of event time can pass the first before the last
 * was sent. What was missed is caught up with, up to a tenth of a second.
 */
final class Pace {

  /** Of events that have no time. */
  static final long NO_TIME = Long.MIN_VALUE;

  private static final long CATCH_UP_NANOS = 100_000_000;
  private static final int TOGETHER = 32;

  private final double nanosPerEvent;
  private final LongSupplier nanoTime;
  private double due;
  private long lastTime = NO_TIME;
  private int ofLastTime;

  /**
   * @param perSecond events, infinite for no pace at all
   * @param nanoTime as {@link System#nanoTime}
   */
  Pace(double perSecond, LongSupplier nanoTime) {
    this.nanosPerEvent = 1e9 / perSecond;
    this.nanoTime = nanoTime;
    this.due = nanoTime.getAsLong();
  }

  /** At most zero when an event of this time may go. */
  long nanosUntil(long eventTime) {
    if (nanosPerEvent == 0
        || (eventTime != NO_TIME && eventTime == lastTime && ofLastTime < TOGETHER)) {
      return 0;
    }
    return (long) due - nanoTime.getAsLong();
  }

  /** An event of this time goes now. */
  void passed(long eventTime) {
    ofLastTime = eventTime == lastTime ? ofLastTime + 1 : 1;
    lastTime = eventTime;
    due = Math.max(due + nanosPerEvent, nanoTime.getAsLong() - (double) CATCH_UP_NANOS);
  }

  /** Time in which nothing could go is not caught up with. */
  void skip() {
    due = Math.max(due, nanoTime.getAsLong());
  }
}
