package io.freshet.schema;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Events of each kind, with every field set and with only what is required. */
final class Events {

  static final ItemEvent ITEM =
      new ItemEvent("i17", 1700000000000L, Map.of("price", 3.5), "red kettle", false, "e1", 4);
  static final QueryEvent QUERY =
      new QueryEvent("q9", "u1", "kettle", 1700000000900L, List.of("i17", "i4", "i9"), "e2", 5);
  static final ImpressionEvent IMPRESSION =
      new ImpressionEvent(
          "a1",
          "i17",
          1700000001000L,
          "u1",
          3,
          "q9",
          Map.of("device", "phone"),
          new ImpressionEvent.Served("din", 2, 57, 0.031),
          0.2,
          0.04,
          "e3",
          6);
  static final ClickEvent CLICK =
      new ClickEvent("a1", "i17", "u1", "q9", 1700000004000L, "cart", 2.0, "e4", 7);
  static final JudgmentEvent JUDGMENT = new JudgmentEvent("q9", "i17", 2, 1700000000950L, "e5", 8);
  static final Heartbeat HEARTBEAT = new Heartbeat(1700000005000L, "replay", 9);

  private Events() {}

  static Stream<Event> full() {
    return Stream.of(ITEM, QUERY, IMPRESSION, CLICK, JUDGMENT, HEARTBEAT);
  }

  static Stream<Event> bare() {
    return Stream.of(
        new ItemEvent("i17", 0, Map.of(), null, true, null, -1),
        new QueryEvent("q9", null, "kettle", 0, List.of(), null, -1),
        new ImpressionEvent("a1", "i17", 0, null, 0, null, Map.of(), null, null, null, null, -1),
        new ClickEvent("a1", null, null, null, 0, "click", 1.0, null, -1),
        new ClickEvent(null, "i17", null, "q9", 0, "click", 1.0, null, -1),
        new JudgmentEvent("q9", "i17", -1, 0, null, -1),
        new Heartbeat(Heartbeat.END_OF_TIME, "replay", -1));
  }

  static ImpressionEvent impression(
      String id, @Nullable String userId, long eventTime, int position) {
    return new ImpressionEvent(
        id, "i17", eventTime, userId, position, null, Map.of(), null, null, null, null, -1);
  }

  static ImpressionEvent shownBy(
      ImpressionEvent.@Nullable Served served,
      @Nullable Double propensity,
      @Nullable Double trueProbability) {
    return new ImpressionEvent(
        "a1", "i17", 0, null, 0, null, Map.of(), served, propensity, trueProbability, null, -1);
  }

  static ItemEvent item(Map<String, Object> attributes) {
    return new ItemEvent("i17", 0, attributes, null, false, null, -1);
  }

  static ClickEvent click(
      @Nullable String impressionId,
      @Nullable String itemId,
      @Nullable String queryId,
      String action,
      double value) {
    return new ClickEvent(impressionId, itemId, null, queryId, 0, action, value, null, -1);
  }
}
