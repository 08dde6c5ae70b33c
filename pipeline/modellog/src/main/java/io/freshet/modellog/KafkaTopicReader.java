package io.freshet.modellog;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of topics of one partition, read_committed, by one consumer that stays: to make one
 * costs more than to read what a small model needs. One thread at a time.
 */
final class KafkaTopicReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int WAIT_FOR_NEWS_MS = 100;

  /**
   * What is read is there. The consumer asks ahead for what comes after it, and can ask for nothing
   * else until the broker has answered.
   */
  private static final int WAIT_FOR_THE_PAST_MS = 1;

  private final Map<String, ?> kafka;
  private @Nullable KafkaConsumer<String, byte[]> kept;

  KafkaTopicReader(Map<String, ?> kafka) {
    this.kafka = kafka;
  }

  /**
   * A consumer of its own, for what is yet to come.
   *
   * @param what is to be read, for messages
   */
  KafkaConsumer<String, byte[]> following(String what) {
    return consumer(what, WAIT_FOR_NEWS_MS);
  }

  private KafkaConsumer<String, byte[]> consumer(String what, int waitMs) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, waitMs);
    settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 8 * 1024 * 1024);
    try {
      return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BrokenLog(
          "a reader of %s must be able to connect: %s".formatted(what, cause.getMessage()), e);
    }
  }

  private KafkaConsumer<String, byte[]> of(TopicPartition partition) {
    KafkaConsumer<String, byte[]> consumer = kept;
    if (consumer == null) {
      consumer = consumer(partition.topic(), WAIT_FOR_THE_PAST_MS);
      kept = consumer;
    }
    consumer.assign(List.of(partition));
    return consumer;
  }

  synchronized long beginning(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    return of(partition).beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  synchronized long end(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    return of(partition).endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /**
   * Hands the records from offset {@code from} up to {@code to}, that excluded, to {@code reader}.
   *
   * @throws LostOffset if the topic no longer holds {@code from}
   */
  synchronized void read(String topic, long from, long to, LogMedium.RecordReader reader) {
    TopicPartition partition = new TopicPartition(topic, 0);
    KafkaConsumer<String, byte[]> consumer = of(partition);
    try {
      consumer.seek(partition, from);
      long last = Math.min(to, consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L));
      long next = from;
      while (next < last) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL).records(partition)) {
          if (record.offset() < last) {
            reader.record(record.offset(), String.valueOf(record.key()), record.value());
          }
        }
        next = consumer.position(partition);
      }
    } catch (OffsetOutOfRangeException e) {
      throw new LostOffset(
          "%s must still hold offsets %d to %d, it does not".formatted(topic, from, to));
    }
  }

  @Override
  public synchronized void close() {
    if (kept != null) {
      kept.close();
    }
  }
}
