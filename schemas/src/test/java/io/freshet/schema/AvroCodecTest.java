package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.schema.avro.Click;
import io.freshet.schema.avro.DeadLetter;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.schema.avro.Heartbeat;
import io.freshet.schema.avro.HistoryEntry;
import io.freshet.schema.avro.UserHistories;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

final class AvroCodecTest {

  private static final Click CLICK = new Click("a1", "i17", "u1", "q9", 5L, "cart", 2.0, "e4", 7L);
  private static final Heartbeat HEARTBEAT = new Heartbeat(1L, "p", -1L);

  private final AvroCodec codec = AvroCodec.of(Click.class, Heartbeat.class);

  @Test
  void severalTypesShareATopic() throws Exception {
    byte[] click = codec.encode(CLICK);
    byte[] heartbeat = codec.encode(HEARTBEAT);

    assertThat(codec.decode(click)).isEqualTo(CLICK);
    assertThat(codec.decode(heartbeat)).isEqualTo(HEARTBEAT);
    assertThat(codec.decode(click, Click.class)).isEqualTo(CLICK);
  }

  @Test
  void everyOtherRecordOfATopicComesBackAsItWas() throws Exception {
    EvaluationRow row =
        new EvaluationRow(
            "a1", 1L, 2L, null, "i17", "q9", 3, 1f, 0.5f, 0.25f, 0.125f, 0.0625f, 0.1, null, 3);
    Evaluation evaluation = new Evaluation("din", "din", 1L, 4L, List.of(row, row));
    HistoryEntry entry =
        new HistoryEntry(
            "click",
            "i17",
            Map.of("category", "c4", "tags", List.of("a", "b"), "price", 3.5),
            9L,
            1.0);
    UserHistories histories = new UserHistories("u1", 10L, Map.of("click", List.of(entry)));
    DeadLetter letter =
        new DeadLetter(
            "events.queries", 3, 7L, 8L, ByteBuffer.wrap(new byte[] {1, 0}), "late", "no");
    AvroCodec all = AvroCodec.of(Evaluation.class, UserHistories.class, DeadLetter.class);

    assertThat(all.decode(all.encode(evaluation))).isEqualTo(evaluation);
    assertThat(all.decode(all.encode(histories))).isEqualTo(histories);
    assertThat(all.decode(all.encode(letter))).isEqualTo(letter);
  }

  @Test
  void anyAvroLibraryReadsTheRecords() throws IOException {
    ByteBuffer bytes =
        new BinaryMessageEncoder<Click>(SpecificData.get(), Click.getClassSchema()).encode(CLICK);

    assertThat(ByteBuffer.wrap(codec.encode(CLICK))).isEqualTo(bytes);
  }

  @Test
  void aRecordOfAnEarlierReleaseIsReadAsTheCurrentType() throws Exception {
    Schema earlier =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"Click","namespace":"io.freshet.schema.avro","fields":[
                 {"name":"impressionId","type":"string"},{"name":"eventTime","type":"long"},
                 {"name":"dropped","type":"double","default":0}]}
                """);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new BinaryMessageEncoder<>(GenericData.get(), earlier)
        .encode(
            new GenericRecordBuilder(earlier)
                .set("impressionId", "a1")
                .set("eventTime", 5L)
                .build(),
            bytes);

    AvroCodec later = AvroCodec.of(List.of(Click.class), List.of(earlier));

    assertThat(later.decode(bytes.toByteArray()))
        .isEqualTo(new Click("a1", null, null, null, 5L, "click", 1.0, null, -1L));
    assertThatThrownBy(() -> codec.decode(bytes.toByteArray()))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessageContaining("record's schema must be a known one of [Click, Heartbeat]")
        .hasMessageContaining("got fingerprint %016x".formatted(AvroCodec.fingerprint(earlier)));
  }

  @Test
  void bytesThatAreNoRecordAreRefusedWithWhatCame() {
    assertThatThrownBy(() -> codec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage("record must have at least 10 bytes, got 3 bytes [010203]");
    assertThatThrownBy(
            () ->
                codec.decode(
                    "{\"type\":\"click\",\"impressionId\":\"a1\"}"
                        .getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage(
            "record must begin with the Avro single-object marker c301,"
                + " got 36 bytes [7b2274797065223a22636c69636b222c...]");
  }

  @Test
  void aRecordCutShortAnywhereIsRefused() {
    byte[] whole = codec.encode(CLICK);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> codec.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(UndecodableRecord.class);
    }
  }

  @Test
  void aRecordFollowedByMoreIsRefused() {
    byte[] whole = codec.encode(CLICK);
    assertThatThrownBy(() -> codec.decode(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessageContaining("Click must end with its last field");
  }

  @Test
  void damagedBytesAreEitherARecordOrRefusedAndNothingElse() {
    byte[] whole = codec.encode(CLICK);
    Random random = new Random(1);
    int refused = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= trial % 3; i++) {
        damaged[AvroCodec.HEADER_BYTES + random.nextInt(damaged.length - AvroCodec.HEADER_BYTES)] =
            (byte) random.nextInt();
      }
      try {
        codec.decode(damaged);
      } catch (UndecodableRecord e) {
        refused++;
      } catch (RuntimeException | Error e) {
        fail("must refuse " + HexFormat.of().formatHex(damaged), e);
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void aRecordIsCheckedWithoutBeingMade() throws Exception {
    byte[] whole = codec.encode(CLICK);
    codec.check(whole, Click.class);

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> codec.check(cut, Click.class))
          .as("%d bytes", length)
          .isInstanceOf(UndecodableRecord.class);
    }
    assertThatThrownBy(() -> codec.check(Arrays.copyOf(whole, whole.length + 1), Click.class))
        .hasMessageContaining("Click must end with its last field");
    assertThatThrownBy(() -> codec.check(whole, Heartbeat.class))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage("record must be a Heartbeat, got a Click");
  }

  @Test
  void aLengthThatNoMemoryHoldsIsRefusedWithoutTryingToAllocateIt() {
    byte[] heartbeat = codec.encode(HEARTBEAT);
    // After the header the event time (1 byte), then the producer's length: here as 2^31 - 9.
    byte[] huge = Arrays.copyOf(heartbeat, AvroCodec.HEADER_BYTES + 6);
    byte[] length = {(byte) 0xEE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
    System.arraycopy(length, 0, huge, AvroCodec.HEADER_BYTES + 1, length.length);

    assertThatThrownBy(() -> codec.decode(huge)).isInstanceOf(UndecodableRecord.class);
  }

  @Test
  void anUnencodableRecordLeavesNoTraceInTheNext() throws Exception {
    byte[] before = codec.encode(CLICK);
    Click nameless = new Click("a1", null, null, null, 5L, null, 2.0, "e4", 7L);

    assertThatThrownBy(() -> codec.encode(nameless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Click must fit its schema: action must be there, got null");
    assertThat(codec.encode(CLICK)).isEqualTo(before);
  }

  @Test
  void aTypeThatTheTopicDoesNotCarryIsRefused() {
    AvroCodec heartbeats = AvroCodec.of(Heartbeat.class);
    assertThatThrownBy(() -> heartbeats.encode(CLICK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("record must be one of [Heartbeat], got Click");
    assertThatThrownBy(() -> codec.decode(codec.encode(HEARTBEAT), Click.class))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage("record must be a Click, got a Heartbeat");
  }
}
