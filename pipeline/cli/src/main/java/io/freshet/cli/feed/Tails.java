package io.freshet.cli.feed;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.EventCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.Event;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How far a source's events have come in each partition. Each partition holds them in the source's
 * order, so its newest indexed record says it.
 *
 * @param byPartition those partitions that hold anything of a source
 */
public record Tails(Map<TopicPartition, Tail> byPartition) {

  /** The header that carries the index of a record whose bytes cannot. */
  static final String INDEX_HEADER = "freshet-index";

  private static final int LOOK_BACK = 256;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int PATIENCE = 20;

  /**
   * @param index the highest source index
   * @param eventTime the promise of the newest heartbeat, {@link Long#MIN_VALUE} without one near
   *     the end
   */
  public record Tail(long index, long eventTime) {}

  /** Reads the ends of all partitions of {@code topics}, by partition count. */
  static Tails read(KafkaAccess kafka, Map<String, Integer> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    topics.forEach(
        (topic, count) -> {
          for (int p = 0; p < count; p++) {
            partitions.add(new TopicPartition(topic, p));
          }
        });
    Properties properties = kafka.properties();
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> until = new HashMap<>(consumer.endOffsets(partitions));
      Map<TopicPartition, Tail> tails = new HashMap<>();
      EventCodec codec = new EventCodec();
      // Mostly one round: only records of others at a partition's end make it look further back.
      while (!until.isEmpty()) {
        until.entrySet().removeIf(p -> p.getValue() <= begins.getOrDefault(p.getKey(), 0L));
        Map<TopicPartition, Long> from = new HashMap<>();
        until.forEach(
            (partition, end) ->
                from.put(partition, Math.max(begins.getOrDefault(partition, 0L), end - LOOK_BACK)));
        readRound(consumer, from, until, tails, codec);
        until.clear();
        from.forEach(
            (partition, offset) -> {
              Tail tail = tails.get(partition);
              if (tail == null || tail.index < 0) {
                until.put(partition, offset);
              }
            });
      }
      tails.values().removeIf(tail -> tail.index < 0);
      return new Tails(Map.copyOf(tails));
    }
  }

  private static void readRound(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> until,
      Map<TopicPartition, Tail> tails,
      EventCodec codec) {
    consumer.assign(from.keySet());
    from.forEach(consumer::seek);
    Map<TopicPartition, Long> open = new HashMap<>(until);
    int silent = 0;
    while (!open.isEmpty()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      silent = records.isEmpty() ? silent + 1 : 0;
      if (silent > PATIENCE) {
        throw new CommandFailed(
            "partitions must be readable up to their ends, got stuck in " + open);
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < until.getOrDefault(partition, 0L)) {
          tails.put(partition, later(tails.get(partition), record, codec));
        }
      }
      open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
  }

  private static Tail later(
      @Nullable Tail before, ConsumerRecord<byte[], byte[]> record, EventCodec codec) {
    long index = before == null ? Event.NO_SOURCE_INDEX : before.index;
    long eventTime = before == null ? Long.MIN_VALUE : before.eventTime;
    Header header = record.headers().lastHeader(INDEX_HEADER);
    if (header != null && header.value().length == Long.BYTES) {
      return new Tail(Math.max(index, ByteBuffer.wrap(header.value()).getLong()), eventTime);
    }
    try {
      Event event = codec.decode(record.value());
      index = Math.max(index, event.sourceIndex());
      if (event instanceof io.freshet.schema.event.Heartbeat) {
        eventTime = Math.max(eventTime, event.eventTime());
      }
      return new Tail(index, eventTime);
    } catch (UndecodableRecord foreign) {
      // Someone else's record says nothing about the source; the job makes a dead letter of it.
      return new Tail(index, eventTime);
    }
  }

  /** The highest index in a partition, -1 when it holds nothing of the source. */
  long indexIn(TopicPartition partition) {
    Tail tail = byPartition.get(partition);
    return tail == null ? Event.NO_SOURCE_INDEX : tail.index;
  }

  /** Up to which event time every partition is promised; {@link Long#MIN_VALUE} when one is not. */
  long promised(int partitions) {
    return byPartition.size() < partitions
        ? Long.MIN_VALUE
        : byPartition.values().stream().mapToLong(Tail::eventTime).min().orElse(Long.MIN_VALUE);
  }

  /** The first index that some partition may still miss. */
  long next(int partitions) {
    Optional<Long> lowest =
        byPartition.size() < partitions
            ? Optional.empty()
            : byPartition.values().stream().map(Tail::index).min(Long::compare);
    return lowest.orElse(Event.NO_SOURCE_INDEX) + 1;
  }
}
