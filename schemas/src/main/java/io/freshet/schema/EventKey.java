package io.freshet.schema;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The key of an event's Kafka record, which chooses its partition: events that are joined with each
 * other share one. Order does not depend on it, since timelines order by event time.
 */
public final class EventKey {

  private EventKey() {}

  /**
   * The user of an impression, click or query; without one the impression, or else the query. The
   * item of an item, the query of a judgment.
   *
   * @throws IllegalArgumentException for a heartbeat, which names its partition itself, and for a
   *     click that names nothing
   */
  public static String of(Event event) {
    if (event instanceof ImpressionEvent e) {
      return firstOf(e.userId(), e.impressionId(), e);
    } else if (event instanceof ClickEvent e) {
      String userOrImpression = e.userId() != null ? e.userId() : e.impressionId();
      return firstOf(userOrImpression, e.queryId(), e);
    } else if (event instanceof QueryEvent e) {
      return firstOf(e.userId(), e.queryId(), e);
    } else if (event instanceof ItemEvent e) {
      return e.itemId();
    } else if (event instanceof JudgmentEvent e) {
      return e.queryId();
    }
    throw new IllegalArgumentException("event must have a key, got " + event);
  }

  /** {@link #of} as UTF-8. */
  public static byte[] bytesOf(Event event) {
    return of(event).getBytes(StandardCharsets.UTF_8);
  }

  private static String firstOf(@Nullable String preferred, @Nullable String other, Event event) {
    if (preferred != null) {
      return preferred;
    }
    if (other != null) {
      return other;
    }
    throw new IllegalArgumentException(
        "event must name a user, an impression or a query, got " + event);
  }
}
