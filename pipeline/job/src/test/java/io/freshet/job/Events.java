package io.freshet.job;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import java.util.Map;

/** Small events for tests. */
public final class Events {

  private Events() {}

  public static ImpressionEvent impression(String id, String user, String item, long time) {
    return new ImpressionEvent(
        id,
        item,
        time,
        user,
        1,
        null,
        Map.of("device", "phone"),
        null,
        null,
        null,
        null,
        Event.NO_SOURCE_INDEX);
  }

  public static ImpressionEvent anonymous(String id, String item, long time) {
    return new ImpressionEvent(
        id, item, time, null, 1, null, Map.of(), null, null, null, null, Event.NO_SOURCE_INDEX);
  }

  public static ClickEvent click(String impressionId, String user, String item, long time) {
    return new ClickEvent(
        impressionId, item, user, null, time, "click", 1, null, Event.NO_SOURCE_INDEX);
  }

  public static ClickEvent clickByQuery(String queryId, String user, String item, long time) {
    return new ClickEvent(null, item, user, queryId, time, "click", 1, null, Event.NO_SOURCE_INDEX);
  }

  public static ItemEvent item(String id, long time, String category) {
    return new ItemEvent(
        id,
        time,
        Map.of("category", category, "price", 2.5),
        null,
        false,
        null,
        Event.NO_SOURCE_INDEX);
  }
}
