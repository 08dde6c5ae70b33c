package io.freshet.job.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Entry;
import io.freshet.job.Events;
import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.learner.EntrySerializer;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.PastIds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UserTimelineTest {

  private static final long WAIT = 1_000;
  private static final long EXPIRY = 1_000_000;
  private static final InputPartitions INPUTS = new InputPartitions(List.of("events"));

  private static TimelineSettings settings() {
    HistoryPlan plan =
        new HistoryPlan(
            List.of(
                new HistoryPlan.Kept("click", new TreeSet<>(Set.of("click")), 3),
                new HistoryPlan.Kept("none", new TreeSet<>(Set.of("none")), 2),
                new HistoryPlan.Kept("query", new TreeSet<>(Set.of("query")), 3)),
            new TreeSet<>(Set.of("category")),
            new TreeSet<>(Set.of("click", "none", "query")));
    return new TimelineSettings("click", WAIT, plan, Set.of("category"), EXPIRY);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness(
      @Nullable OperatorSubtaskState restored) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new UserTimeline(settings(), new DeadLetters(INPUTS))),
            UserEvents::userKey,
            Types.STRING);
    harness.setup(EntrySerializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  private static UserEvent shown(ImpressionEvent impression) {
    return new UserEvent.Shown(impression, Map.of("category", "c"), 0, impression.eventTime());
  }

  private static UserEvent outcome(ClickEvent click) {
    return new UserEvent.Outcome(click, 0, click.eventTime(), 0);
  }

  private static void feed(
      KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness, UserEvent... events)
      throws Exception {
    for (UserEvent event : events) {
      harness.processElement(event, event.eventTime());
    }
  }

  private static List<String> told(
      KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness) {
    List<String> told = new ArrayList<>();
    for (Entry entry : harness.extractOutputValues()) {
      told.add(
          entry instanceof Entry.Train train
              ? "train " + train.exampleId() + " " + (int) train.label() + " at " + train.time()
              : "predict " + entry.exampleId() + " at " + entry.time());
    }
    return told;
  }

  private static List<String> kinds(
      KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness) {
    Queue<StreamRecord<DeadLetter>> letters = harness.getSideOutput(DeadLetters.TAG);
    return letters == null
        ? List.of()
        : letters.stream().map(letter -> letter.getValue().kind()).toList();
  }

  /** The items of a history that an impression was shown with, read from its packed bytes. */
  private static List<String> frozen(
      KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness,
      String id,
      String key) {
    PastIds past =
        harness.extractOutputValues().stream()
            .filter(entry -> entry instanceof Entry.Predict && entry.exampleId().equals(id))
            .map(entry -> ((Entry.Predict) entry).past())
            .findFirst()
            .orElseThrow();
    ByteBuffer words =
        ByteBuffer.wrap(past.block(key.equals("click") ? 0 : 1)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> items = new ArrayList<>();
    while (words.hasRemaining()) {
      long item = words.getLong();
      items.add(
          IntStream.range(0, 10)
              .mapToObj(i -> "i" + i)
              .filter(name -> Ids.of(name) == item)
              .findFirst()
              .orElseThrow());
      assertThat(words.getLong()).as("its action").isEqualTo(Ids.of(key));
      assertThat(words.getLong()).as("its category").isEqualTo(Ids.of("c"));
    }
    return items;
  }

  @Test
  void aClickMakesItsImpressionPositiveAndTheEndOfTheWaitMakesTheRestNegative() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          shown(Events.impression("b", "u", "i2", 10)));
      feed(harness, outcome(Events.click("a", "u", "i1", 500)));
      harness.processWatermark(5_000);

      assertThat(told(harness))
          .containsExactly(
              "predict a at 0", "predict b at 10", "train a 1 at 500", "train b 0 at 1010");
    }
  }

  @Test
  void nothingHappensBeforeTheWatermarkHasPassed() throws Exception {
    try (var harness = harness(null)) {
      feed(harness, shown(Events.impression("a", "u", "i1", 100)));
      harness.processWatermark(99);
      assertThat(told(harness)).isEmpty();
      harness.processWatermark(100);
      assertThat(told(harness)).containsExactly("predict a at 100");
    }
  }

  @Test
  void aClickExactlyAtTheEndOfTheWaitCountsAndOneLaterOnlyEntersTheHistory() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          shown(Events.impression("b", "u", "i2", 0)),
          outcome(Events.click("a", "u", "i1", 1_000)),
          outcome(Events.click("b", "u", "i2", 1_001)),
          shown(Events.impression("c", "u", "i3", 1_500)));
      harness.processWatermark(1_600);

      assertThat(told(harness)).contains("train a 1 at 1000", "train b 0 at 1000");
      assertThat(frozen(harness, "c", "click")).containsExactly("i1", "i2");
      assertThat(kinds(harness)).isEmpty();
    }
  }

  @Test
  void atEqualTimesImpressionsFreezeBeforeClicksEnter() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          outcome(Events.click("a", "u", "i1", 50)),
          shown(Events.impression("b", "u", "i2", 50)),
          shown(Events.impression("c", "u", "i3", 51)));
      harness.processWatermark(60);

      assertThat(frozen(harness, "b", "click")).isEmpty();
      assertThat(frozen(harness, "c", "click")).containsExactly("i1");
    }
  }

  private static UserEvent asked(String id, @Nullable String user, String text, long time) {
    return new UserEvent.Asked(Events.query(id, user, text, time), 0, time);
  }

  /** The words of the queries that an impression was shown with. */
  private static List<String> searched(
      KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Entry> harness, String id) {
    PastIds past =
        harness.extractOutputValues().stream()
            .filter(entry -> entry instanceof Entry.Predict && entry.exampleId().equals(id))
            .map(entry -> ((Entry.Predict) entry).past())
            .findFirst()
            .orElseThrow();
    ByteBuffer ids = ByteBuffer.wrap(past.block(2)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> words = new ArrayList<>();
    while (ids.hasRemaining()) {
      long word = ids.getLong();
      words.add(
          List.of("red", "kettle", "füße", "42kg").stream()
              .filter(name -> Ids.of(name) == word)
              .findFirst()
              .orElseThrow());
      assertThat(ids.getLong()).as("its action").isEqualTo(Ids.of("query"));
      assertThat(ids.getLong()).as("its category").isEqualTo(Ids.MISSING);
    }
    return words;
  }

  @Test
  void theWordsOfAQueryEnterTheHistoryInTheirOrderAfterWhatWasShownAtItsTime() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          asked("q1", "u", "Red-Kettle!", 50),
          shown(Events.impression("a", "u", "i1", 50)),
          shown(Events.impression("b", "u", "i2", 51)),
          asked("q2", "u", "Füße 42kg", 60),
          shown(Events.impression("c", "u", "i2", 70)),
          shown(Events.impression("d", "other", "i2", 70)));
      harness.processWatermark(80);

      assertThat(searched(harness, "a")).isEmpty();
      assertThat(searched(harness, "b")).containsExactly("red", "kettle");
      assertThat(searched(harness, "c")).containsExactly("kettle", "füße", "42kg");
      assertThat(searched(harness, "d")).isEmpty();
    }
  }

  @Test
  void aQueryWithoutWordsChangesNoHistoryAndOneAloneIsToldToReaders() throws Exception {
    try (var harness = harness(null)) {
      feed(harness, asked("q1", "u", "?!", 10));
      harness.processWatermark(20);
      assertThat(harness.getSideOutput(UserTimeline.CHANGES)).isNullOrEmpty();
      feed(harness, asked("q2", "u", "red", 30));
      harness.processWatermark(40);
      assertThat(harness.getSideOutput(UserTimeline.CHANGES)).hasSize(1);
    }
  }

  @Test
  void theOrderOfArrivalDoesNotMatter() throws Exception {
    List<UserEvent> events =
        List.of(
            shown(Events.impression("a", "u", "i1", 0)),
            shown(Events.impression("b", "u", "i2", 0)),
            outcome(Events.click("b", "u", "i2", 30)),
            outcome(Events.click("a", "u", "i1", 30)),
            asked("q1", "u", "red", 30),
            asked("q2", "u", "kettle", 30),
            shown(Events.impression("c", "u", "i3", 40)));
    List<Entry> straight;
    try (var harness = harness(null)) {
      feed(harness, events.toArray(UserEvent[]::new));
      harness.processWatermark(9_000);
      straight = harness.extractOutputValues();
    }
    List<UserEvent> reversed = new ArrayList<>(events);
    java.util.Collections.reverse(reversed);
    try (var harness = harness(null)) {
      feed(harness, reversed.toArray(UserEvent[]::new));
      harness.processWatermark(9_000);
      assertThat(harness.extractOutputValues()).isEqualTo(straight);
    }
  }

  @Test
  void historiesKeepTheirDeclaredLengthsAndActions() throws Exception {
    try (var harness = harness(null)) {
      for (int i = 0; i < 6; i++) {
        feed(harness, shown(Events.impression("a" + i, "u", "i" + i, 10L * i)));
        if (i % 2 == 0) {
          feed(harness, outcome(Events.click("a" + i, "u", "i" + i, 10L * i + 5)));
        }
      }
      feed(harness, shown(Events.impression("z", "u", "i9", 3_000)));
      harness.processWatermark(3_000);

      assertThat(frozen(harness, "z", "click")).containsExactly("i0", "i2", "i4");
      assertThat(frozen(harness, "z", "none")).containsExactly("i3", "i5");
    }
  }

  @Test
  void aClickMayNameQueryAndItemInstead() throws Exception {
    try (var harness = harness(null)) {
      ImpressionEvent plain = Events.impression("a", "u", "i1", 0);
      ImpressionEvent queried =
          new ImpressionEvent(
              plain.impressionId(),
              plain.itemId(),
              0,
              "u",
              1,
              "q",
              Map.of(),
              null,
              null,
              null,
              null,
              -1);
      feed(harness, shown(queried), outcome(Events.clickByQuery("q", "u", "i1", 20)));
      harness.processWatermark(100);

      assertThat(told(harness)).containsExactly("predict a at 0", "train a 1 at 20");
    }
  }

  @Test
  void aClickWithoutImpressionAndOneThatContradictsItsImpressionAreDeadLetters() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          outcome(Events.click("nowhere", "u", "i1", 10)),
          outcome(Events.click("a", "u", "other", 11)));
      harness.processWatermark(100);

      assertThat(kinds(harness)).containsExactly(DeadLetter.UNMATCHED, DeadLetter.CONTRADICTION);
      assertThat(told(harness)).containsExactly("predict a at 0");
    }
  }

  @Test
  void anAnonymousImpressionIsTrainedOnAndLeavesNothingBehind() throws Exception {
    try (var harness = harness(null)) {
      feed(harness, shown(Events.anonymous("a", "i1", 0)));
      harness.processWatermark(10_000);

      assertThat(told(harness)).containsExactly("predict a at 0", "train a 0 at 1000");
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void aUserWhoStaysAwayIsForgotten() throws Exception {
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          outcome(Events.click("a", "u", "i1", 5)));
      harness.processWatermark(500_000);
      feed(harness, shown(Events.impression("b", "u", "i2", 600_000)));
      harness.processWatermark(EXPIRY + 10);
      assertThat(harness.numKeyedStateEntries()).isPositive();
      harness.processWatermark(3 * EXPIRY);

      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void aRestoredTimelineGoesOnWhereItWas() throws Exception {
    OperatorSubtaskState snapshot;
    try (var harness = harness(null)) {
      feed(
          harness,
          shown(Events.impression("a", "u", "i1", 0)),
          shown(Events.impression("b", "u", "i2", 400)));
      harness.processWatermark(200);
      snapshot = harness.snapshot(1, 1);
    }
    try (var harness = harness(snapshot)) {
      feed(harness, outcome(Events.click("a", "u", "i1", 300)));
      harness.processWatermark(10_000);

      assertThat(told(harness))
          .containsExactly("train a 1 at 300", "predict b at 400", "train b 0 at 1400");
      assertThat(frozen(harness, "b", "click")).containsExactly("i1");
    }
  }
}
