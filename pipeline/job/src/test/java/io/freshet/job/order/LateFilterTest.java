package io.freshet.job.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Events;
import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.input.InputRecord;
import io.freshet.job.input.InputRecordSerializer;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LateFilterTest {

  /** Two lanes and an event time, with what a checkpoint of the heap adds. */
  private static final int BYTES_OF_AN_IDENTITY = 26;

  private static final long OUT_OF_ORDERNESS = 100;
  private static final InputPartitions INPUTS = new InputPartitions(List.of("events"));

  private static KeyedOneInputStreamOperatorTestHarness<Integer, InputRecord, InputRecord> harness(
      @Nullable OperatorSubtaskState restored) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<Integer, InputRecord, InputRecord> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new LateFilter(OUT_OF_ORDERNESS, new DeadLetters(INPUTS))),
            InputRecord::partition,
            Types.INT);
    harness.setup(InputRecordSerializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  private static InputRecord record(Event event, int partition, long offset) {
    return new InputRecord(event, partition, offset, 0);
  }

  private static List<String> kinds(
      KeyedOneInputStreamOperatorTestHarness<Integer, InputRecord, InputRecord> harness) {
    Queue<StreamRecord<DeadLetter>> letters = harness.getSideOutput(DeadLetters.TAG);
    return letters == null
        ? List.of()
        : letters.stream().map(letter -> letter.getValue().kind()).toList();
  }

  @Test
  void anEventOlderThanItsPartitionAllowsLeavesAsLateAndOneAtTheLimitPasses() throws Exception {
    try (var harness = harness(null)) {
      harness.processElement(record(Events.impression("a", "u", "i", 1_000), 0, 0), 1_000);
      harness.processElement(record(Events.impression("b", "u", "i", 900), 0, 1), 900);
      harness.processElement(record(Events.impression("c", "u", "i", 899), 0, 2), 899);

      assertThat(harness.extractOutputValues())
          .extracting(InputRecord::offset)
          .containsExactly(0L, 1L);
      assertThat(kinds(harness)).containsExactly(DeadLetter.LATE);
    }
  }

  @Test
  void latenessIsJudgedAgainstTheEventsOwnPartitionOnly() throws Exception {
    try (var harness = harness(null)) {
      harness.processElement(record(Events.impression("a", "u", "i", 5_000), 0, 0), 5_000);
      harness.processElement(record(Events.impression("b", "u", "i", 1_000), 1, 0), 1_000);

      assertThat(harness.extractOutputValues()).hasSize(2);
      assertThat(kinds(harness)).isEmpty();
    }
  }

  @Test
  void aHeartbeatMovesItsPartitionAndGoesNoFurther() throws Exception {
    try (var harness = harness(null)) {
      harness.processElement(record(new Heartbeat(5_000, "p", 0), 0, 0), 5_000);
      harness.processElement(record(Events.impression("a", "u", "i", 1_000), 0, 1), 1_000);

      assertThat(harness.extractOutputValues()).isEmpty();
      assertThat(kinds(harness)).containsExactly(DeadLetter.LATE);
    }
  }

  @Test
  void aRepeatedEventLeavesAlsoAfterARestore() throws Exception {
    OperatorSubtaskState snapshot;
    try (var harness = harness(null)) {
      harness.processElement(record(Events.impression("a", "u", "i", 1_000), 0, 0), 1_000);
      snapshot = harness.snapshot(1, 1);
    }
    try (var harness = harness(snapshot)) {
      harness.processElement(record(Events.impression("a", "u", "i", 1_000), 0, 1), 1_000);
      harness.processElement(record(Events.impression("b", "u", "i", 1_000), 0, 2), 1_000);

      assertThat(harness.extractOutputValues()).extracting(InputRecord::offset).containsExactly(2L);
      assertThat(kinds(harness)).containsExactly(DeadLetter.REPEATED);
    }
  }

  @Test
  void identitiesOlderThanTheHorizonAreForgotten() throws Exception {
    try (var harness = harness(null)) {
      long most = 0;
      for (int i = 1; i <= 20_000; i++) {
        long time = 1_000L * i;
        harness.processElement(record(Events.impression("a" + i, "u", "i", time), 0, i), time);
        if (i % 500 == 0) {
          most = Math.max(most, harness.snapshot(i, time).getStateSize());
        }
      }
      // Of 20,000 identities those of the horizon stay, and as many as may come before a sweep.
      int identities = 1_024 + (int) (LateFilter.REPEAT_HORIZON_MS / 1_000) + 1;
      assertThat(most).isLessThan(BYTES_OF_AN_IDENTITY * identities + 4_096);
    }
  }
}
