package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.schema.UndecodableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A model's log in Kafka, read_committed, by one consumer over log and index. */
final class KafkaLogFeed implements LogFeed {

  private static final Duration WAIT_FOR_BROKER = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, ?> kafka;
  private final TopicNames names;
  private final LogCodec codec;
  private final TopicPartition log;
  private final TopicPartition anchors;
  private final TopicPartition index;
  private final KafkaTopicReader reader;
  private final KafkaConsumer<String, byte[]> consumer;
  private ModelIndex current = ModelIndex.EMPTY;

  KafkaLogFeed(Map<String, ?> kafka, TopicNames names) {
    this.kafka = kafka;
    this.names = names;
    this.codec = new LogCodec(names.model());
    this.log = new TopicPartition(names.log(), 0);
    this.anchors = new TopicPartition(names.anchors(), 0);
    this.index = new TopicPartition(names.index(), 0);
    this.reader = new KafkaTopicReader(kafka);
    this.consumer = reader.following(names.log());
    try {
      start();
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void start() {
    for (TopicPartition partition : List.of(log, anchors, index)) {
      boolean exists;
      try {
        exists = !consumer.partitionsFor(partition.topic(), WAIT_FOR_BROKER).isEmpty();
      } catch (KafkaException e) {
        throw new BrokenLog(
            "brokers at %s must answer for %s: %s"
                .formatted(kafka.get("bootstrap.servers"), partition.topic(), e.getMessage()),
            e);
      }
      if (!exists) {
        throw new BrokenLog(
            "model %s must have the topic %s at %s, which does not exist"
                .formatted(names.model(), partition.topic(), kafka.get("bootstrap.servers")));
      }
    }
    consumer.assign(List.of(index));
    consumer.seekToBeginning(List.of(index));
    readIndex();
    long position = consumer.position(index);
    consumer.assign(List.of(log, index));
    consumer.seek(index, position);
    consumer.seek(log, beginning());
  }

  private void readIndex() {
    long end = endOf(index);
    while (consumer.position(index) < end) {
      read(consumer.poll(POLL));
    }
  }

  @Override
  public ModelIndex index() {
    return current;
  }

  @Override
  public long beginning() {
    return consumer.beginningOffsets(List.of(log)).getOrDefault(log, 0L);
  }

  @Override
  public long end() {
    return endOf(log);
  }

  private long endOf(TopicPartition partition) {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  @Override
  public long position() {
    return consumer.position(log);
  }

  @Override
  public void seek(long offset) {
    consumer.seek(log, offset);
  }

  @Override
  public List<LogRecord> poll(Duration timeout) {
    try {
      return read(consumer.poll(timeout));
    } catch (OffsetOutOfRangeException e) {
      if (!e.offsetOutOfRangePartitions().containsKey(log)) {
        throw e;
      }
      throw new LostOffset(
          "%s must still hold offset %s, it begins at %d"
              .formatted(names.log(), e.offsetOutOfRangePartitions().get(log), beginning()));
    }
  }

  @Override
  public void pollIndex(Duration timeout) {
    consumer.pause(List.of(log));
    try {
      read(consumer.poll(timeout));
    } finally {
      consumer.resume(List.of(log));
    }
  }

  @Override
  public void refreshIndex() {
    consumer.pause(List.of(log));
    try {
      readIndex();
    } finally {
      consumer.resume(List.of(log));
    }
  }

  private List<LogRecord> read(ConsumerRecords<String, byte[]> records) {
    List<LogRecord> entries = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records.records(index)) {
      try {
        current = codec.updated(current, record.key(), record.value());
      } catch (UndecodableRecord e) {
        throw new BrokenLog(
            "%s must hold readable records, at offset %d: %s"
                .formatted(names.index(), record.offset(), e.getMessage()),
            e);
      }
    }
    for (ConsumerRecord<String, byte[]> record : records.records(log)) {
      entries.add(new LogRecord(record.offset(), codec.entry(record.value())));
    }
    return entries;
  }

  @Override
  public LogEntry.Manifest anchorManifest(AnchorPosition anchor) {
    LogEntry[] found = new LogEntry[1];
    readAnchors(anchor.manifestOffset(), anchor.manifestOffset() + 1, entry -> found[0] = entry);
    if (found[0] instanceof LogEntry.Manifest manifest) {
      return manifest;
    }
    throw new BrokenLog(
        "%s must hold the manifest of %s at offset %d, got %s"
            .formatted(names.anchors(), anchor.version(), anchor.manifestOffset(), found[0]));
  }

  @Override
  public void readAnchor(AnchorPosition anchor, Consumer<LogEntry> entries) {
    readAnchors(anchor.firstOffset(), anchor.manifestOffset(), entries);
  }

  private void readAnchors(long from, long to, Consumer<LogEntry> entries) {
    reader.read(
        names.anchors(), from, to, (offset, key, value) -> entries.accept(codec.entry(value)));
  }

  @Override
  public void close() {
    consumer.close();
    reader.close();
  }
}
