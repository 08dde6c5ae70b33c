package io.freshet.faults;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Evaluation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what models say as they say it, and when each took a step that it had not taken before. On
 * a thread of its own; safe for many.
 */
final class Pulse implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaAccess kafka;
  private final EvaluationStore said;
  private final AvroCodec codec = AvroCodec.of(Evaluation.class);
  private final Map<String, Long> steppedAt = new ConcurrentHashMap<>();
  private final Map<String, Long> epochs = new ConcurrentHashMap<>();
  private final Map<String, Long> steppedIn = new ConcurrentHashMap<>();
  private final Map<String, Long> steps = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile long position;
  private volatile boolean closed;

  /**
   * @param said takes all that models say
   */
  Pulse(KafkaAccess kafka, EvaluationStore said) {
    this.kafka = kafka;
    this.said = said;
    this.thread = new Thread(this::run, "pulse");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void run() {
    TopicPartition partition = new TopicPartition(kafka.topics().evaluations(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          hear(record.value());
          position = record.offset() + 1;
        }
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties settings = kafka.properties();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "50");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void hear(byte[] value) {
    Evaluation fresh = said.add(value);
    if (fresh != null) {
      steppedIn.put(fresh.getModel(), fresh.getEpoch());
      steppedAt.put(fresh.getModel(), FaultsClock.millis());
    }
    try {
      Evaluation evaluation = codec.decode(value, Evaluation.class);
      epochs.merge(evaluation.getModel(), evaluation.getEpoch(), Math::max);
      steps.merge(evaluation.getModel(), evaluation.getStep(), Math::max);
    } catch (UndecodableRecord e) {
      throw new FaultsFailed("evaluations must be readable: " + e.getMessage(), e);
    }
  }

  /** When each model took its newest step. */
  Map<String, Long> steppedAt() {
    return new HashMap<>(steppedAt);
  }

  /** The newest attempt of {@code model} that has said anything; 0 before the first. */
  long epoch(String model) {
    return epochs.getOrDefault(model, 0L);
  }

  /** The highest step that an attempt of {@code model} has taken; 0 before the first. */
  long step(String model) {
    return steps.getOrDefault(model, 0L);
  }

  /** The newest attempt of {@code model} that has learnt anything new; 0 before the first. */
  long learning(String model) {
    return steppedIn.getOrDefault(model, 0L);
  }

  /** Waits until everything that is there now has been heard. */
  void drain(Duration patience) {
    TopicPartition partition = new TopicPartition(kafka.topics().evaluations(), 0);
    long end;
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
    FaultsClock.await(
        patience,
        () -> "evaluations must be heard up to %d, they are to %d".formatted(end, position),
        () -> position >= end);
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
