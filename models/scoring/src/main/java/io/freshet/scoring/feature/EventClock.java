package io.freshet.scoring.feature;

/** What the event time says of the day and the week, in UTC. */
final class EventClock {

  private static final long MS_PER_HOUR = 3_600_000L;
  private static final int HOURS_PER_DAY = 24;
  private static final int DAYS_PER_WEEK = 7;

  /** Days from a Monday to 1970-01-01, a Thursday. */
  private static final int EPOCH_WEEKDAY = 3;

  private EventClock() {}

  /** The hour of the day, 0 to 23. */
  static int hour(long eventTime) {
    return Math.floorMod(Math.floorDiv(eventTime, MS_PER_HOUR), HOURS_PER_DAY);
  }

  /** The day of the week, 1 (Monday) to 7 (Sunday). */
  static int weekday(long eventTime) {
    long days = Math.floorDiv(eventTime, MS_PER_HOUR * HOURS_PER_DAY);
    return Math.floorMod(days + EPOCH_WEEKDAY, DAYS_PER_WEEK) + 1;
  }
}
