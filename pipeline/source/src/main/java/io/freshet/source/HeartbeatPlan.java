package io.freshet.source;

import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import java.util.Optional;

/**
 * Decides when a producer owes a heartbeat, and for which time. A heartbeat promises that no later
 * event of the producer is older than it; it goes into every partition, so it is due only when it
 * is worth that: event time has moved on by an interval, and enough events have shared its cost or
 * the producer has nothing to send.
 */
public final class HeartbeatPlan {

  /** So many events pass between two heartbeats of a busy producer. */
  public static final int EVENTS_BETWEEN = 256;

  private final String producer;
  private final long intervalMs;
  private final long disorderMs;
  private long promised = Long.MIN_VALUE;
  private long newest = Long.MIN_VALUE;
  private long lastIndex = Event.NO_SOURCE_INDEX;
  private int eventsSince;

  /**
   * @param producer name carried by its heartbeats
   * @param intervalMs least event time between two heartbeats
   * @param disorderMs how much older than the newest an event of the source may be; 0 where it is
   *     in order
   */
  public HeartbeatPlan(String producer, long intervalMs, long disorderMs) {
    if (intervalMs < 1 || disorderMs < 0) {
      throw new IllegalArgumentException(
          "a heartbeat interval must be at least 1 ms and a disorder not negative, came "
              + intervalMs
              + " and "
              + disorderMs);
    }
    this.producer = producer;
    this.intervalMs = intervalMs;
    this.disorderMs = disorderMs;
  }

  /** The heartbeat to send after {@code event}, which was just sent. */
  public Optional<Heartbeat> sent(Event event) {
    newest = Math.max(newest, event.eventTime());
    lastIndex = event.sourceIndex();
    eventsSince++;
    if (eventsSince < EVENTS_BETWEEN) {
      return Optional.empty();
    }
    return promise(newest - disorderMs, intervalMs);
  }

  /**
   * The heartbeat to send while the producer waits to send {@code next}, paced: until then nothing
   * happens in event time.
   */
  public Optional<Heartbeat> waiting(Event next) {
    long until =
        Math.max(
            newest == Long.MIN_VALUE ? Long.MIN_VALUE : newest - disorderMs,
            next.eventTime() - 1 - disorderMs);
    return promise(until, intervalMs);
  }

  /**
   * The heartbeat to send when the producer's own clock says that it has been silent for an
   * interval.
   */
  public Optional<Heartbeat> idle() {
    return newest == Long.MIN_VALUE ? Optional.empty() : promise(newest - disorderMs, 1);
  }

  /** The heartbeat at the true end of a bounded source; never at a stop. */
  public Heartbeat ended() {
    promised = Heartbeat.END_OF_TIME;
    eventsSince = 0;
    return new Heartbeat(Heartbeat.END_OF_TIME, producer, lastIndex);
  }

  private Optional<Heartbeat> promise(long time, long least) {
    if (time < 0 || (promised != Long.MIN_VALUE && time - promised < least)) {
      return Optional.empty();
    }
    promised = time;
    eventsSince = 0;
    return Optional.of(new Heartbeat(time, producer, lastIndex));
  }
}
