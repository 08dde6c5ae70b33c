package io.freshet.job.kafka;

import io.freshet.job.timeline.HistoryChange;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.HistoryEntry;
import io.freshet.schema.avro.UserHistories;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Changed histories as records of {@code features.users}, keyed by user. */
public final class HistoryRecords implements KafkaRecordSerializationSchema<HistoryChange> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private transient @Nullable AvroCodec codec;

  public HistoryRecords(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      HistoryChange change, KafkaSinkContext context, @Nullable Long timestamp) {
    if (codec == null) {
      codec = AvroCodec.of(UserHistories.class);
    }
    return new ProducerRecord<>(
        topic, change.userId().getBytes(StandardCharsets.UTF_8), codec.encode(toAvro(change)));
  }

  private static UserHistories toAvro(HistoryChange change) {
    Map<String, List<HistoryEntry>> histories = new HashMap<>();
    change
        .history()
        .histories()
        .forEach(
            (key, entries) -> {
              List<HistoryEntry> written = new ArrayList<>(entries.size());
              for (io.freshet.scoring.feature.HistoryEntry entry : entries) {
                written.add(
                    new HistoryEntry(
                        entry.action(),
                        entry.itemId(),
                        entry.item(),
                        entry.eventTime(),
                        entry.value()));
              }
              histories.put(key, written);
            });
    return new UserHistories(change.userId(), change.history().lastTime(), histories);
  }
}
