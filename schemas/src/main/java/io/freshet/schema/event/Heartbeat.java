package io.freshet.schema.event;

import org.jspecify.annotations.Nullable;

/**
 * A producer's promise, in every partition of every event topic, that its event time has reached
 * {@code eventTime}. The end of a bounded source is {@link #END_OF_TIME} in every partition.
 */
public record Heartbeat(long eventTime, String producer, long sourceIndex) implements Event {

  /** The event time of the heartbeat that closes a bounded source. */
  public static final long END_OF_TIME = Long.MAX_VALUE;

  @Override
  public @Nullable String eventId() {
    return null;
  }
}
