package io.freshet.job.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeptWatermarkTest {

  private static final int ANY = 8;

  private static OneInputStreamOperatorTestHarness<Decoded, Decoded> harness(
      int parallelism, int subtask, @Nullable OperatorSubtaskState restored) throws Exception {
    OneInputStreamOperatorTestHarness<Decoded, Decoded> harness =
        new OneInputStreamOperatorTestHarness<>(new KeptWatermark(), ANY, parallelism, subtask);
    harness.setup(DecodedSerializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  private static OperatorSubtaskState at(int parallelism, int subtask, long... marks)
      throws Exception {
    try (var harness = harness(parallelism, subtask, null)) {
      for (long mark : marks) {
        harness.processWatermark(mark);
      }
      return harness.snapshot(1, 1);
    }
  }

  @Test
  void aRestartGoesOnFromTheTimeThatWasReachedThoughNothingComesAnyMore() throws Exception {
    try (var again = harness(1, 0, at(1, 0, 700))) {
      assertThat(again.getOutput()).containsExactly(new Watermark(700));
    }
  }

  @Test
  void whatTheSourceSaysOfTimesBeforeThatIsNoNews() throws Exception {
    try (var again = harness(1, 0, at(1, 0, 700))) {
      again.processWatermark(300);
      again.processWatermark(800);
      assertThat(again.getOutput()).containsExactly(new Watermark(700), new Watermark(800));
    }
  }

  @Test
  void aSourceThatReadsOtherPartitionsThanBeforeBeginsAnew() throws Exception {
    OperatorSubtaskState both =
        AbstractStreamOperatorTestHarness.repackageState(at(2, 0, 700), at(2, 1, 900));
    OperatorSubtaskState now =
        AbstractStreamOperatorTestHarness.repartitionOperatorState(both, ANY, 2, 1, 0);
    try (var again = harness(1, 0, now)) {
      assertThat(again.getOutput()).isEmpty();
      again.processWatermark(300);
      assertThat(again.getOutput()).containsExactly(new Watermark(300));
    }
  }

  @Test
  void theEndThatADrainedJobIsToldIsNotKept() throws Exception {
    try (var again = harness(1, 0, at(1, 0, 700, Long.MAX_VALUE))) {
      assertThat(again.getOutput()).containsExactly(new Watermark(700));
    }
  }
}
