package io.freshet.schema;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of the topics that all models share.
 *
 * @param prefix what all of them begin with, for example {@code shop.}; may be empty
 */
public record EventTopics(String prefix) implements Serializable {

  private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

  public EventTopics {
    if (!ALLOWED.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix of topic names must be at most 100 of a-z A-Z 0-9 . _ -, got \"%s\""
              .formatted(prefix));
    }
  }

  /** Impressions and clicks. */
  public String interactions() {
    return prefix + "events.interactions";
  }

  /** Queries and judgments. */
  public String queries() {
    return prefix + "events.queries";
  }

  /** Items. */
  public String items() {
    return prefix + "catalog.items";
  }

  /** The topics that carry events, heartbeats in each of their partitions. */
  public List<String> events() {
    return List.of(interactions(), queries(), items());
  }

  /** Users' histories, compacted by user id. */
  public String users() {
    return prefix + "features.users";
  }

  /** What could not be used, with the reason. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /** What models said of examples. */
  public String evaluations() {
    return prefix + "models.evaluations";
  }

  /**
   * The topic of an event.
   *
   * @throws IllegalArgumentException for a heartbeat, which goes into every partition of every one
   *     of {@link #events}
   */
  public String of(Event event) {
    if (event instanceof ImpressionEvent || event instanceof ClickEvent) {
      return interactions();
    } else if (event instanceof QueryEvent || event instanceof JudgmentEvent) {
      return queries();
    } else if (event instanceof ItemEvent) {
      return items();
    }
    throw new IllegalArgumentException("event must belong to one topic, got " + event);
  }
}
