package io.freshet.cli.kafka;

import io.freshet.schema.EventCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A stream's present time: the newest event time in a partition that every producer writes its
 * heartbeats to. On a thread of its own, which looks again after whatever went wrong with Kafka.
 */
public final class HeartbeatClock implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final long LOOK_BACK = 20;

  private final KafkaAccess kafka;
  private final AtomicLong now = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  private HeartbeatClock(KafkaAccess kafka) {
    this.kafka = kafka;
    this.thread = new Thread(this::run, "freshet-clock");
    this.thread.setDaemon(true);
  }

  /** Begins to read the end of the interactions. */
  public static HeartbeatClock start(KafkaAccess kafka) {
    HeartbeatClock clock = new HeartbeatClock(kafka);
    clock.thread.start();
    return clock;
  }

  /** Milliseconds since 1970 UTC; 0 before the first event. */
  public long now() {
    return now.get();
  }

  private void run() {
    while (!closed) {
      try {
        follow();
      } catch (KafkaException e) {
        // Time stands still meanwhile; whoever reads versions says what is wrong with Kafka.
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  private void follow() {
    EventCodec codec = new EventCodec();
    TopicPartition partition = new TopicPartition(kafka.topics().interactions(), 0);
    Properties properties = kafka.properties();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      Map<TopicPartition, Long> ends = consumer.endOffsets(List.of(partition), PATIENCE);
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(List.of(partition), PATIENCE);
      consumer.seek(
          partition,
          Math.max(
              begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L) - LOOK_BACK));
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          see(codec, record.value());
        }
      }
    }
  }

  private void see(EventCodec codec, byte[] value) {
    try {
      Event event = codec.decode(value);
      if (event.eventTime() != Long.MAX_VALUE) {
        now.accumulateAndGet(event.eventTime(), Math::max);
      }
    } catch (UndecodableRecord e) {
      // A dead letter moves no clock.
      now.accumulateAndGet(0, Math::max);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
