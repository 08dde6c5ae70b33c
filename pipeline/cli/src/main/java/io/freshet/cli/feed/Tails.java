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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

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
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Tail> tails = new HashMap<>();
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      for (TopicPartition partition : partitions) {
        readBackwards(
            consumer,
            partition,
            begins.getOrDefault(partition, 0L),
            ends.getOrDefault(partition, 0L),
            tails);
      }
      return new Tails(Map.copyOf(tails));
    }
  }

  private static void readBackwards(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long begin,
      long end,
      Map<TopicPartition, Tail> tails) {
    EventCodec codec = new EventCodec();
    consumer.assign(List.of(partition));
    long until = end;
    Tail found = null;
    while (until > begin && (found == null || found.index < 0)) {
      long from = Math.max(begin, until - LOOK_BACK);
      consumer.seek(partition, from);
      int silent = 0;
      while (consumer.position(partition) < until) {
        List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
        silent = records.isEmpty() ? silent + 1 : 0;
        if (silent > PATIENCE) {
          throw new CommandFailed(
              "%s must be readable up to its end at %d, stopped at %d"
                  .formatted(partition, until, consumer.position(partition)));
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          found = later(found, record, codec);
        }
      }
      until = from;
    }
    if (found != null && found.index >= 0) {
      tails.put(partition, found);
    }
  }

  private static Tail later(
      @org.jspecify.annotations.Nullable Tail before,
      ConsumerRecord<byte[], byte[]> record,
      EventCodec codec) {
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
