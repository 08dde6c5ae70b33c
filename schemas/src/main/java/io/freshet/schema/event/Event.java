package io.freshet.schema.event;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened, as it travels through Kafka. Event times are milliseconds since 1970 UTC
 * and come from the payload only. Attribute and context values are a {@link String}, a {@link
 * Double} or a {@code List<String>}; no other type occurs.
 */
public sealed interface Event
    permits ItemEvent, QueryEvent, ImpressionEvent, ClickEvent, JudgmentEvent, Heartbeat {

  /** The index of an event that no restartable source produced. */
  long NO_SOURCE_INDEX = -1;

  /** Milliseconds since 1970 UTC. */
  long eventTime();

  /** The identity that its producer gave it; without one, its type, ids and time identify it. */
  @Nullable String eventId();

  /**
   * Position in the source that produced it (a source is a function of seed and index), or {@link
   * #NO_SOURCE_INDEX}.
   */
  long sourceIndex();
}
