package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent.Served;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every bad event is refused after a trip through Kafka's bytes, with a message that names rule,
 * value and field.
 */
final class EventRulesTest {

  private static final String LONG = "x".repeat(10_240);
  private static final String TIME =
      "time must be milliseconds since 1970 UTC, from 0 to before 4102444800000 (year 2100), got ";

  private final EventCodec codec = new EventCodec();

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenEventIsRefused(Event event, String message) {
    byte[] bytes = codec.encode(event);
    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage(message);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        arguments(
            Events.impression("", "u1", 0, 0), "id must be 1 to 1024 bytes, got 0 in impressionId"),
        arguments(
            Events.impression(LONG, "u1", 0, 0),
            "id must be 1 to 1024 bytes, got 10240 in impressionId"),
        arguments(
            Events.impression("€".repeat(342), "u1", 0, 0),
            "id must be 1 to 1024 bytes, got 1026 in impressionId"),
        arguments(Events.impression("a1", "", 0, 0), "id must be 1 to 1024 bytes, got 0 in userId"),
        arguments(Events.impression("a1", "u1", -1, 0), TIME + "-1 in eventTime"),
        arguments(
            Events.impression("a1", "u1", Long.MIN_VALUE, 0),
            TIME + Long.MIN_VALUE + " in eventTime"),
        arguments(
            Events.impression("a1", "u1", 4_102_444_800_000L, 0),
            TIME + "4102444800000 in eventTime"),
        arguments(
            Events.impression("a1", "u1", Heartbeat.END_OF_TIME, 0),
            TIME + Long.MAX_VALUE + " in eventTime"),
        arguments(
            Events.impression("a1", "u1", 0, -2), "position must be >= 0, got -2 in position"),
        arguments(
            Events.shownBy(null, 0.0, null),
            "propensity must be > 0 and <= 1, got 0.0 in propensity"),
        arguments(
            Events.shownBy(null, 1.5, null),
            "propensity must be > 0 and <= 1, got 1.5 in propensity"),
        arguments(
            Events.shownBy(null, Double.NaN, null),
            "propensity must be > 0 and <= 1, got NaN in propensity"),
        arguments(
            Events.shownBy(null, null, -0.1),
            "probability must be >= 0 and <= 1, got -0.1 in trueClickProbability"),
        arguments(
            Events.shownBy(null, null, Double.NaN),
            "probability must be >= 0 and <= 1, got NaN in trueClickProbability"),
        arguments(
            Events.shownBy(new Served("din", 1, 2, Double.NEGATIVE_INFINITY), null, null),
            "number must be finite, got -Infinity in served.score"),
        arguments(
            Events.shownBy(new Served("", 1, 2, 0), null, null),
            "id must be 1 to 1024 bytes, got 0 in served.model"),
        arguments(
            Events.shownBy(new Served("din", -1, 2, 0), null, null),
            "epoch must be >= 0, got -1 in served.epoch"),
        arguments(
            Events.shownBy(new Served("din", 1, -2, 0), null, null),
            "version must be >= 0, got -2 in served.version"),
        arguments(
            Events.click(null, "i17", null, "click", 1),
            "click must name impressionId, or queryId and itemId, got queryId=null and itemId=i17"),
        arguments(
            Events.click(null, null, "q9", "click", 1),
            "click must name impressionId, or queryId and itemId, got queryId=q9 and itemId=null"),
        arguments(
            Events.click("a1", null, null, "", 1), "id must be 1 to 1024 bytes, got 0 in action"),
        arguments(
            Events.click("a1", null, null, "none", 1),
            "action must name an outcome, got none in action"),
        arguments(
            Events.click("a1", null, null, "dwell", Double.POSITIVE_INFINITY),
            "number must be finite, got Infinity in value"),
        arguments(
            new ClickEvent("a1", null, null, null, 0, "click", 1, LONG, -1),
            "id must be 1 to 1024 bytes, got 10240 in eventId"),
        arguments(
            new ClickEvent("a1", null, null, null, 0, "click", 1, null, -2),
            "index must be >= -1, got -2 in sourceIndex"),
        arguments(
            new ItemEvent("", 0, Map.of(), null, false, null, -1),
            "id must be 1 to 1024 bytes, got 0 in itemId"),
        arguments(
            new ItemEvent("i17", 0, Map.of(), "x".repeat(70_000), false, null, -1),
            "text must be at most 65536 bytes, got 70000 in text"),
        arguments(
            Events.item(Map.of("price", Double.NaN)),
            "number must be finite, got NaN in attributes.price"),
        arguments(Events.item(Map.of("", "x")), "id must be 1 to 1024 bytes, got 0 in attributes"),
        arguments(
            Events.item(Map.of("brand", LONG)),
            "string must be at most 4096 bytes, got 10240 in attributes.brand"),
        arguments(
            Events.item(Map.of("tags", List.of("a", LONG))),
            "string must be at most 4096 bytes, got 10240 in attributes.tags"),
        arguments(
            Events.item(Map.of("tags", Collections.nCopies(1_025, "a"))),
            "entries must be at most 1024, got 1025 in attributes.tags"),
        arguments(
            Events.item(
                IntStream.range(0, 1_025)
                    .boxed()
                    .collect(Collectors.toMap(i -> "a" + i, i -> 1.0))),
            "entries must be at most 1024, got 1025 in attributes"),
        arguments(
            new QueryEvent("q9", null, "", 0, List.of(), null, -1),
            "text must be 1 to 65536 bytes, got 0 in text"),
        arguments(
            new QueryEvent("q9", null, "kettle", 0, List.of("i1", ""), null, -1),
            "id must be 1 to 1024 bytes, got 0 in results"),
        arguments(
            new JudgmentEvent("q9", "", 1, 0, null, -1),
            "id must be 1 to 1024 bytes, got 0 in itemId"),
        arguments(new Heartbeat(0, "", -1), "id must be 1 to 1024 bytes, got 0 in producer"),
        arguments(new Heartbeat(-5, "p", -1), TIME + "-5 in eventTime"));
  }

  @ParameterizedTest
  @MethodSource("onTheEdge")
  void anEventOnTheEdgeOfTheRulesPasses(Event event) {
    byte[] bytes = codec.encode(event);
    assertThatCode(() -> codec.decode(bytes)).doesNotThrowAnyException();
  }

  static Stream<Event> onTheEdge() {
    return Stream.of(
        Events.impression("x".repeat(1_024), "😀".repeat(256), 4_102_444_799_999L, 0),
        Events.shownBy(new Served("din", 0, 0, -3), 1.0, 0.0),
        Events.shownBy(null, Double.MIN_VALUE, 1.0),
        Events.item(Map.of("brand", "", "tags", List.of(""))),
        new Heartbeat(Heartbeat.END_OF_TIME, "p", 0));
  }
}
