package io.freshet.cli.feed;

import io.freshet.cli.report.TimeCurve;
import java.util.OptionalLong;

/**
 * When a source's producer had promised which event time: what staleness is measured against. Safe
 * for many threads.
 */
public final class SourceClock {

  private final TimeCurve curve = new TimeCurve();

  /**
   * The producer promises that nothing older than {@code eventTime} follows.
   *
   * @param wallTime milliseconds since 1970 UTC
   * @param sentSoFar events that went out before the promise
   */
  public void reached(long eventTime, long wallTime, long sentSoFar) {
    curve.reached(eventTime, wallTime, sentSoFar);
  }

  /**
   * Wall time at which the source had reached {@code eventTime}; empty before the first promise,
   * which an earlier run may have made, and after the last.
   */
  public OptionalLong wallTimeOf(long eventTime) {
    OptionalLong first = curve.firstEventTime();
    return first.isEmpty() || eventTime < first.getAsLong()
        ? OptionalLong.empty()
        : curve.firstAtOrAfter(eventTime);
  }

  /** Events sent when the source was last known to be at or before {@code eventTime}. */
  public long sentUpTo(long eventTime) {
    return curve.countAt(eventTime);
  }

  /** The newest promise; empty before the first. */
  public OptionalLong eventTime() {
    return curve.lastEventTime();
  }

  /**
   * How long ago, in milliseconds, the source passed {@code learntUpTo}, as of {@code now} or of
   * its last promise where it has stopped making any; empty where that was before this run.
   *
   * @param silenceMs a source that promised nothing for so long has stopped
   */
  public OptionalLong staleness(long learntUpTo, long now, long silenceMs) {
    OptionalLong last = curve.lastEventTime();
    OptionalLong lastWall = curve.lastWallTime();
    if (last.isEmpty() || lastWall.isEmpty()) {
      return OptionalLong.empty();
    }
    if (learntUpTo >= last.getAsLong()) {
      return OptionalLong.of(0);
    }
    OptionalLong passed = wallTimeOf(learntUpTo);
    long today = now - lastWall.getAsLong() > silenceMs ? lastWall.getAsLong() : now;
    return passed.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, today - passed.getAsLong()));
  }
}
