package io.freshet.job.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Events;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ItemEvent;
import io.freshet.scoring.feature.HistoryPlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ItemTimelineTest {

  private static KeyedOneInputStreamOperatorTestHarness<String, InputRecord, UserEvent> harness()
      throws Exception {
    TimelineSettings settings =
        new TimelineSettings(
            "click",
            1_000,
            new HistoryPlan(List.of(), new TreeSet<>(), new TreeSet<>()),
            Set.of("category", "text"),
            1_000);
    KeyedOneInputStreamOperatorTestHarness<String, InputRecord, UserEvent> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new ItemTimeline(settings)),
            UserEvents::itemKey,
            Types.STRING);
    harness.setup(UserEventSerializer.INSTANCE);
    harness.open();
    return harness;
  }

  private static void feed(
      KeyedOneInputStreamOperatorTestHarness<String, InputRecord, UserEvent> harness,
      Event... events)
      throws Exception {
    for (Event event : events) {
      harness.processElement(new InputRecord(event, 0, event.eventTime(), 0), event.eventTime());
    }
  }

  private static List<Map<String, Object>> attributes(
      KeyedOneInputStreamOperatorTestHarness<String, InputRecord, UserEvent> harness) {
    return harness.extractOutputValues().stream()
        .map(event -> ((UserEvent.Shown) event).item())
        .toList();
  }

  @Test
  void anImpressionGetsTheAttributesThatHeldAtItsTimeWhateverArrivedFirst() throws Exception {
    try (var harness = harness()) {
      feed(
          harness,
          Events.impression("b", "u", "i", 25),
          Events.item("i", 20, "new"),
          Events.impression("a", "u", "i", 15),
          Events.item("i", 10, "old"),
          Events.impression("c", "u", "i", 20));
      harness.processWatermark(100);

      assertThat(attributes(harness))
          .containsExactly(
              Map.of("category", "old"), Map.of("category", "new"), Map.of("category", "new"));
    }
  }

  @Test
  void aRemovedItemHasNoAttributesAndNoState() throws Exception {
    try (var harness = harness()) {
      feed(
          harness,
          Events.item("i", 10, "old"),
          new ItemEvent("i", 20, Map.of(), null, true, null, -1),
          Events.impression("a", "u", "i", 30));
      harness.processWatermark(100);

      assertThat(attributes(harness)).containsExactly(Map.of());
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void anItemThatTheCatalogueDoesNotKnowIsShownWithoutAttributesUntilItComes() throws Exception {
    try (var harness = harness()) {
      feed(
          harness,
          Events.impression("a", "u", "i", 10),
          Events.item("i", 20, "late"),
          Events.impression("b", "u", "i", 30));
      harness.processWatermark(100);

      assertThat(attributes(harness)).containsExactly(Map.of(), Map.of("category", "late"));
    }
  }

  @Test
  void aTextHoldsFromItsTimeUntilItChangesOrGoes() throws Exception {
    try (var harness = harness()) {
      feed(
          harness,
          item(10, "red kettle"),
          Events.impression("a", "u", "i", 15),
          item(20, "blue kettle"),
          Events.impression("b", "u", "i", 25),
          item(30, null),
          Events.impression("c", "u", "i", 35));
      harness.processWatermark(100);

      assertThat(attributes(harness))
          .containsExactly(Map.of("text", "red kettle"), Map.of("text", "blue kettle"), Map.of());
    }
  }

  private static ItemEvent item(long time, @Nullable String text) {
    return new ItemEvent("i", time, Map.of(), text, false, null, -1);
  }
}
