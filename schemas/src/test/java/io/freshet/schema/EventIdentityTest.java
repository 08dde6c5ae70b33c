package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventIdentityTest {

  @ParameterizedTest
  @MethodSource("everyEvent")
  void aRepeatedEventIsTheSameWhereverItLay(Event event) throws Exception {
    EventCodec codec = new EventCodec();
    assertThat(EventIdentity.of(codec.decode(codec.encode(event))))
        .isEqualTo(EventIdentity.of(event));
  }

  static Stream<Event> everyEvent() {
    return Stream.concat(Events.full(), Events.bare());
  }

  @Test
  void twoEventsThatDifferInKindIdsActionOrTimeAreTwo() {
    List<Event> different =
        List.of(
            new ItemEvent("x", 1, Map.of(), null, false, null, -1),
            new ItemEvent("x", 2, Map.of(), null, false, null, -1),
            new ItemEvent("y", 1, Map.of(), null, false, null, -1),
            new QueryEvent("x", null, "t", 1, List.of(), null, -1),
            new QueryEvent("x", "u", "t", 1, List.of(), null, -1),
            new JudgmentEvent("x", "y", 1, 1, null, -1),
            new JudgmentEvent("xy", "", 1, 1, null, -1),
            Events.impression("x", null, 1, 0),
            Events.impression("x", "", 1, 0),
            Events.impression("x", "u", 1, 0),
            Events.click("x", null, null, "click", 1),
            Events.click("x", null, null, "cart", 1),
            Events.click("x", "y", null, "click", 1),
            Events.click(null, "x", "y", "click", 1),
            Events.click(null, "y", "x", "click", 1));

    Map<EventIdentity, Event> byIdentity = new HashMap<>();
    different.forEach(event -> byIdentity.put(EventIdentity.of(event), event));
    assertThat(byIdentity).hasSameSizeAs(different);
  }

  @Test
  void anEventIdDecidesAloneWithinItsKind() {
    assertThat(identified("e", "a", 1))
        .isEqualTo(identified("e", "b", 2))
        .isNotEqualTo(identified("f", "a", 1));
    assertThat(identified("e", "a", 1))
        .isNotEqualTo(
            EventIdentity.of(new ClickEvent("a", null, null, null, 1, "click", 1, "e", -1)));
  }

  private static EventIdentity identified(String eventId, String impressionId, long time) {
    return EventIdentity.of(
        new ImpressionEvent(
            impressionId, "i", time, null, 0, null, Map.of(), null, null, null, eventId, -1));
  }

  @Test
  void placeAndPayloadDoNotMatter() {
    assertThat(EventIdentity.of(new ItemEvent("x", 1, Map.of("a", "b"), "t", true, null, 7)))
        .isEqualTo(EventIdentity.of(new ItemEvent("x", 1, Map.of(), null, false, null, -1)));
  }

  /**
   * Checkpoints hold identities, so a later release must compute the same (checked with the
   * reference XXH3 in C).
   */
  @Test
  void identitiesStayWhatTheyWere() {
    assertThat(EventIdentity.of(Events.impression("a1", "u1", 5, 0)))
        .isEqualTo(new EventIdentity(5317680656492133537L, 6393717246765000616L));
  }

  @Test
  void longIdsCountToTheirEnd() {
    assertThat(EventIdentity.of(Events.impression("x".repeat(1_023) + "a", null, 1, 0)))
        .isNotEqualTo(EventIdentity.of(Events.impression("x".repeat(1_023) + "b", null, 1, 0)));
  }
}
