package io.freshet.job;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /** One of a page that answers a query. */
  public static ImpressionEvent found(
      String id, @Nullable String user, String item, long time, String queryId, int position) {
    return new ImpressionEvent(
        id,
        item,
        time,
        user,
        position,
        queryId,
        Map.of("device", "phone"),
        null,
        null,
        null,
        null,
        Event.NO_SOURCE_INDEX);
  }

  public static QueryEvent query(String id, @Nullable String user, String text, long time) {
    return new QueryEvent(id, user, text, time, List.of(), null, Event.NO_SOURCE_INDEX);
  }

  public static JudgmentEvent judgment(String queryId, String item, int grade, long time) {
    return new JudgmentEvent(queryId, item, grade, time, null, Event.NO_SOURCE_INDEX);
  }

  public static ImpressionEvent anonymous(String id, String item, long time) {
    return new ImpressionEvent(
        id, item, time, null, 1, null, Map.of(), null, null, null, null, Event.NO_SOURCE_INDEX);
  }

  public static ClickEvent click(
      String impressionId, @Nullable String user, String item, long time) {
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
