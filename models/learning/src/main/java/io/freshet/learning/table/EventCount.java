package io.freshet.learning.table;

/**
 * How often an id was in an event, halved every {@link #HALF_LIFE_MS} of event time, and when last:
 * three floats at the start of a row's slots. A count of 0 marks a row that no event has seen.
 */
final class EventCount {

  /** Floats that a count takes. */
  static final int FLOATS = 1 + EventTime.FLOATS;

  /**
   * 30 days: an id that is shown daily counts about 43, one that stopped is forgotten within a
   * season.
   */
  static final long HALF_LIFE_MS = 30L * 24 * 3_600_000;

  private EventCount() {}

  /** The count as of the last event. */
  static float count(float[] slots, int offset) {
    return slots[offset];
  }

  static long lastSeen(float[] slots, int offset) {
    return EventTime.read(slots, offset + 1);
  }

  /** Counts one event. Time never runs backwards: an event before the last one decays nothing. */
  static void add(float[] slots, int offset, long eventTime) {
    float count = slots[offset];
    if (count == 0) {
      slots[offset] = 1;
      EventTime.write(slots, offset + 1, eventTime);
      return;
    }
    if (eventTime > lastSeen(slots, offset)) {
      count *= decay(slots, offset, eventTime);
      EventTime.write(slots, offset + 1, eventTime);
    }
    slots[offset] = count + 1;
  }

  /** What is left at {@code eventTime} of what counted 1 at the last event. */
  static float decay(float[] slots, int offset, long eventTime) {
    long elapsed = eventTime - lastSeen(slots, offset);
    return elapsed > 0 ? (float) StrictMath.pow(2, -(double) elapsed / HALF_LIFE_MS) : 1;
  }
}
