package io.freshet.job.kafka;

import io.freshet.job.timeline.HistoryChange;
import io.freshet.job.timeline.UserHistory;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.UserHistories;
import io.freshet.scoring.feature.HistoryPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Changed histories as records of {@code features.users}, keyed by user: {@link UserHistories} in
 * Avro, around entries that are encoded already.
 */
public final class HistoryRecords implements KafkaRecordSerializationSchema<HistoryChange> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final String[] keys;
  private transient @Nullable Encoding encoding;

  private record Encoding(byte[] header, ByteArrayOutputStream buffer, BinaryEncoder encoder) {

    static Encoding start() {
      byte[] message =
          AvroCodec.of(UserHistories.class).encode(new UserHistories("", 0L, Map.of()));
      ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
      return new Encoding(
          Arrays.copyOf(message, AvroCodec.HEADER_BYTES),
          buffer,
          EncoderFactory.get().directBinaryEncoder(buffer, null));
    }
  }

  /**
   * @param plan by which the histories are kept
   */
  public HistoryRecords(String topic, HistoryPlan plan) {
    this.topic = topic;
    this.keys = plan.histories().stream().map(HistoryPlan.Kept::key).toArray(String[]::new);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      HistoryChange change, KafkaSinkContext context, @Nullable Long timestamp) {
    return new ProducerRecord<>(
        topic, change.userId().getBytes(StandardCharsets.UTF_8), encode(change));
  }

  /** The record's value. */
  public byte[] encode(HistoryChange change) {
    Encoding started = encoding == null ? Encoding.start() : encoding;
    encoding = started;
    List<UserHistory.Kept> kept = change.history().kept();
    started.buffer.reset();
    try {
      BinaryEncoder encoder = started.encoder;
      encoder.writeFixed(started.header);
      encoder.writeString(change.userId());
      encoder.writeLong(change.history().lastTime());
      encoder.writeMapStart();
      encoder.setItemCount(kept.stream().filter(history -> history.sizes().length > 0).count());
      for (int h = 0; h < kept.size(); h++) {
        if (kept.get(h).sizes().length > 0) {
          encoder.startItem();
          encoder.writeString(keys[h]);
          encoder.writeArrayStart();
          encoder.setItemCount(kept.get(h).sizes().length);
          encoder.writeFixed(kept.get(h).entries());
          encoder.writeArrayEnd();
        }
      }
      encoder.writeMapEnd();
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return started.buffer.toByteArray();
  }
}
