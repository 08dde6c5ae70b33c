package io.freshet.cli.run;

import io.freshet.cli.kafka.KafkaAccess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics from their beginning, as they grow, on a thread of its own, and hands each record's
 * value to whoever wants it. A failure ends it and shows in {@link #drain} and {@link #check}.
 */
final class ResultsReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaAccess kafka;
  private final Map<String, Consumer<byte[]>> readers;
  private final Thread thread;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private @Nullable Runnable caughtUp;
  private volatile boolean draining;
  private volatile boolean closed;

  /**
   * @param readers what is done with values, by topic; called on one thread
   */
  ResultsReader(KafkaAccess kafka, Map<String, Consumer<byte[]>> readers) {
    this.kafka = kafka;
    this.readers = Map.copyOf(readers);
    this.thread = new Thread(this::run, "freshet-results");
    this.thread.setDaemon(true);
  }

  /** Calls {@code then}, on the reading thread, once what the topics held at the start is read. */
  ResultsReader onceCaughtUp(Runnable then) {
    caughtUp = then;
    return this;
  }

  ResultsReader start() {
    thread.start();
    return this;
  }

  private void run() {
    Properties properties = kafka.properties();
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "50");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          readers.keySet().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> atStart = new HashMap<>(consumer.endOffsets(partitions));
      @Nullable Map<TopicPartition, Long> ends = null;
      while (!closed) {
        if (draining && ends == null) {
          ends = new HashMap<>(consumer.endOffsets(partitions));
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Consumer<byte[]> reader = readers.get(record.topic());
          if (reader != null && record.value() != null) {
            reader.accept(record.value());
          }
        }
        Runnable then = caughtUp;
        if (then != null && reached(consumer, atStart)) {
          then.run();
          caughtUp = null;
        }
        if (ends != null && reached(consumer, ends)) {
          drained.complete(null);
          return;
        }
      }
    } catch (RuntimeException e) {
      drained.completeExceptionally(e);
    }
  }

  private static boolean reached(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** Reads what the topics hold now and ends. */
  void drain() {
    draining = true;
    drained.join();
  }

  /** Throws what made reading fail, if it did. */
  void check() {
    if (drained.isCompletedExceptionally()) {
      drained.join();
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
