package io.freshet.learning.table;

/**
 * An event time as two floats, both exact: hours since 1970 UTC and milliseconds within the hour.
 */
public final class EventTime {

  /** Floats that one time takes. */
  public static final int FLOATS = 2;

  private static final long HOUR_MS = 3_600_000L;

  private EventTime() {}

  public static void write(float[] into, int offset, long eventTime) {
    into[offset] = Math.floorDiv(eventTime, HOUR_MS);
    into[offset + 1] = Math.floorMod(eventTime, HOUR_MS);
  }

  public static long read(float[] from, int offset) {
    return (long) from[offset] * HOUR_MS + (long) from[offset + 1];
  }

  /** Writes the later of what is there and {@code eventTime}. */
  public static void advance(float[] at, int offset, long eventTime) {
    if (eventTime > read(at, offset)) {
      write(at, offset, eventTime);
    }
  }
}
