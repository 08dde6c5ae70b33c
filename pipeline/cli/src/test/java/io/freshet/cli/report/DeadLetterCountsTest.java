package io.freshet.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventCodec;
import io.freshet.schema.avro.DeadLetter;
import io.freshet.schema.event.ImpressionEvent;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterCountsTest {

  private final AvroCodec codec = AvroCodec.of(DeadLetter.class);
  private final DeadLetterCounts counts = new DeadLetterCounts();

  private void add(long offset, String kind, byte[] bytes) {
    counts.add(
        codec.encode(
            new DeadLetter("events", 1, offset, 0L, ByteBuffer.wrap(bytes), kind, "because")));
  }

  @Test
  void aRecordCountsOnceHoweverOftenARestartedJobSaysIt() {
    byte[] impression =
        new EventCodec()
            .encode(
                new ImpressionEvent(
                    "a", "i", 5, null, 1, null, Map.of(), null, null, null, null, 0));
    add(1, "late", impression);
    add(1, "late", impression);
    add(2, "invalid", new byte[] {1});
    add(3, "repeated", impression);
    add(4, "unmatched", new byte[0]);
    DeadLetterCounts.Counts now = counts.counts();
    assertThat(now.byKind())
        .isEqualTo(Map.of("late", 1L, "invalid", 1L, "repeated", 1L, "unmatched", 1L));
    assertThat(now.deadLetters()).isEqualTo(2);
    assertThat(now.impressions()).isEqualTo(2);
    assertThat(now.newest().get(0).where()).isEqualTo("events-1@4");
  }
}
