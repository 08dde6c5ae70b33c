package io.freshet.job.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Entry;
import io.freshet.job.Events;
import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.EntrySerializer;
import io.freshet.schema.event.Event;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueryTimelineTest {

  private static final long WAIT = 1_000;

  private static TimelineSettings settings() {
    return new TimelineSettings("click", WAIT, HistoryPlan.of(List.of()), Set.of(), 1_000_000);
  }

  private static KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness(
      @Nullable OperatorSubtaskState restored) throws Exception {
    KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(
                new QueryTimeline(
                    settings(), new DeadLetters(new InputPartitions(List.of("events"))))),
            Searches::key,
            Searches::key,
            Types.STRING);
    harness.setup(EntrySerializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  private static void said(
      KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness,
      Event... events)
      throws Exception {
    for (Event event : events) {
      harness.processElement1(
          new StreamRecord<>(new InputRecord(event, 0, event.eventTime(), 0), event.eventTime()));
    }
  }

  /** An impression of q, and its label at the end of its wait or at a click. */
  private static void shown(
      KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness,
      String id,
      int position,
      long time,
      @Nullable Long click)
      throws Exception {
    Instance instance = new Instance("i-" + id, Map.of(), "u", Map.of(), position, time, Map.of());
    entry(
        harness,
        new Entry.Predict(time, Ids.of(id), id, 0, time, instance, PastIds.NONE, "q", null, null));
    long ready = click == null ? time + WAIT : click;
    entry(
        harness,
        new Entry.Train(
            ready,
            Ids.of(id),
            id,
            0,
            ready,
            click == null ? 0 : 1,
            1,
            (byte) (click == null ? 1 : 0),
            "q",
            null));
  }

  private static void entry(
      KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness,
      Entry entry)
      throws Exception {
    harness.processElement2(new StreamRecord<>(entry, entry.time()));
  }

  private static void pass(
      KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness, long time)
      throws Exception {
    harness.processWatermark1(new Watermark(time));
    harness.processWatermark2(new Watermark(time));
  }

  private static List<String> told(
      KeyedTwoInputStreamOperatorTestHarness<String, InputRecord, Entry, Entry> harness) {
    List<String> told = new ArrayList<>();
    for (Entry entry : harness.extractOutputValues()) {
      told.add(
          entry instanceof Entry.Predict predict
              ? "predict %s of %s at %d"
                  .formatted(predict.exampleId(), predict.instance().query(), predict.time())
              : train((Entry.Train) entry));
    }
    return told;
  }

  private static String train(Entry.Train train) {
    Entry.Place place = train.place();
    assertThat(place).isNotNull();
    assertThat(place.group()).isEqualTo(Ids.of("q"));
    return "train %s %d at %d, position %d, grade %s"
        .formatted(
            train.exampleId(), (int) train.label(), train.time(), place.position(), place.grade());
  }

  @Test
  void aPageIsTrainedOnTogetherByPositionWhenItsLastLabelIsKnown() throws Exception {
    try (var harness = harness(null)) {
      said(harness, Events.query("q", "u", "red kettle", 0));
      shown(harness, "c", 3, 10, null);
      shown(harness, "a", 1, 10, 500L);
      shown(harness, "b", 2, 10, null);
      pass(harness, 1_009);
      assertThat(told(harness))
          .containsExactlyInAnyOrder(
              "predict a of red kettle at 10",
              "predict b of red kettle at 10",
              "predict c of red kettle at 10");
      pass(harness, 1_010);
      assertThat(told(harness).subList(3, 6))
          .containsExactly(
              "train a 1 at 1010, position 1, grade null",
              "train b 0 at 1010, position 2, grade null",
              "train c 0 at 1010, position 3, grade null");
    }
  }

  @Test
  void aSecondPageWithinTheWaitJoinsTheGroupAndALaterOneOpensTheNext() throws Exception {
    try (var harness = harness(null)) {
      said(harness, Events.query("q", "u", "kettle", 0));
      shown(harness, "a", 1, 0, null);
      shown(harness, "b", 1, 1_000, 1_001L);
      shown(harness, "c", 1, 1_001, null);
      pass(harness, 10_000);
      assertThat(told(harness))
          .containsExactly(
              "predict a of kettle at 0",
              "predict b of kettle at 1000",
              "predict c of kettle at 1001",
              "train a 0 at 2000, position 1, grade null",
              "train b 1 at 2000, position 1, grade null",
              "train c 0 at 2001, position 1, grade null");
    }
  }

  @Test
  void judgmentsUpToTheEndOfTheWindowAreItsGradesTheLastOneCounts() throws Exception {
    try (var harness = harness(null)) {
      said(
          harness,
          Events.query("q", "u", "kettle", 0),
          Events.judgment("q", "i-a", 1, 0),
          Events.judgment("q", "i-a", 3, 1_010),
          Events.judgment("q", "i-b", 2, 1_011),
          Events.judgment("q", "i-elsewhere", 2, 0));
      shown(harness, "a", 1, 10, null);
      shown(harness, "b", 2, 10, null);
      pass(harness, 5_000);
      assertThat(told(harness).subList(2, 4))
          .containsExactly(
              "train a 0 at 1010, position 1, grade 3",
              "train b 0 at 1010, position 2, grade null");
    }
  }

  @Test
  void whatIsShownForAnUnknownQueryIsLearntWithoutItsText() throws Exception {
    try (var harness = harness(null)) {
      shown(harness, "a", 1, 10, null);
      said(harness, Events.query("q", "u", "too late", 11));
      pass(harness, 5_000);
      assertThat(told(harness))
          .containsExactly("predict a of null at 10", "train a 0 at 1010, position 1, grade null");
    }
  }

  @Test
  void aQueryThatIsAskedAgainIsADeadLetterAndTheFirstTextStays() throws Exception {
    try (var harness = harness(null)) {
      said(harness, Events.query("q", "u", "first", 0), Events.query("q", "u", "second", 5));
      shown(harness, "a", 1, 10, null);
      pass(harness, 5_000);
      assertThat(told(harness)).first().isEqualTo("predict a of first at 10");
      Queue<StreamRecord<DeadLetter>> letters = harness.getSideOutput(DeadLetters.TAG);
      assertThat(letters).hasSize(1);
      assertThat(letters.element().getValue().kind()).isEqualTo(DeadLetter.REPEATED);
    }
  }

  @Test
  void aVeryLongQueryCountsWithItsFirstCharactersWhole() throws Exception {
    try (var harness = harness(null)) {
      String text = "x".repeat(QueryTimeline.LONGEST_TEXT - 1) + "\uD83D\uDE00" + "y".repeat(9_000);
      said(harness, Events.query("q", "u", text, 0));
      shown(harness, "a", 1, 10, null);
      pass(harness, 5_000);
      assertThat(((Entry.Predict) harness.extractOutputValues().get(0)).instance().query())
          .isEqualTo("x".repeat(QueryTimeline.LONGEST_TEXT - 1));
    }
  }

  @Test
  void nothingIsLeftOfAQueryAfterItsTime() throws Exception {
    try (var harness = harness(null)) {
      said(harness, Events.query("q", "u", "kettle", 0), Events.judgment("q", "i-a", 1, 0));
      shown(harness, "a", 1, 10, 20L);
      pass(harness, 10 + QueryTimeline.KEPT_MS - 1);
      assertThat(harness.numKeyedStateEntries()).isPositive();
      pass(harness, 10 + QueryTimeline.KEPT_MS);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void aRestoredTimelineGoesOnInTheMiddleOfAPage() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness(null)) {
      said(harness, Events.query("q", "u", "kettle", 0), Events.judgment("q", "i-b", 2, 0));
      shown(harness, "a", 1, 10, 100L);
      shown(harness, "b", 2, 300, null);
      pass(harness, 200);
      assertThat(told(harness)).containsExactly("predict a of kettle at 10");
      state = harness.snapshot(1, 1);
    }
    try (var harness = harness(state)) {
      pass(harness, 5_000);
      assertThat(told(harness))
          .containsExactly(
              "predict b of kettle at 300",
              "train a 1 at 1300, position 1, grade null",
              "train b 0 at 1300, position 2, grade 2");
    }
  }
}
