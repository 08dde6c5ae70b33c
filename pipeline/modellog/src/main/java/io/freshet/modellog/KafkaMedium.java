package io.freshet.modellog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka transactions under a transactional id per model and lane: {@code freshet-PREFIXMODEL} and
 * the same with {@code -anchors}, so that a later attempt shuts this one out of both.
 */
final class KafkaMedium implements LogMedium {

  private final Map<String, ?> kafka;
  private final TopicNames names;
  private final KafkaTopicReader reader;
  private final Map<Lane, Producer<String, byte[]>> producers = new EnumMap<>(Lane.class);

  private @Nullable KafkaConsumer<String, byte[]> following;

  KafkaMedium(Map<String, ?> kafka, TopicNames names) {
    this.kafka = kafka;
    this.names = names;
    this.reader = new KafkaTopicReader(kafka);
  }

  @Override
  public String nameOf(Topic topic) {
    return names.of(topic);
  }

  @Override
  public void fence() {
    String id = "freshet-" + names.prefix() + names.model();
    try {
      open(Lane.ANCHORS, id + "-anchors");
      open(Lane.VERSIONS, id);
    } catch (KafkaException e) {
      throw new BrokenLog(
          "a writer of %s must be able to open transactions: %s"
              .formatted(names.log(), e.getMessage()),
          e);
    }
  }

  private void open(Lane lane, String transactionalId) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    Producer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    producers.put(lane, producer);
    producer.initTransactions();
  }

  @Override
  public void transact(Lane lane, Consumer<Sink> work) {
    Producer<String, byte[]> producer = producers.get(lane);
    if (producer == null) {
      throw new IllegalStateException("a writer of %s must fence first".formatted(names.log()));
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try {
      producer.beginTransaction();
      work.accept(
          (topic, key, value) -> {
            Future<RecordMetadata> result =
                producer.send(new ProducerRecord<>(nameOf(topic), 0, key, value));
            sent.add(result);
            return () -> offset(result);
          });
      producer.commitTransaction();
      for (Future<RecordMetadata> result : sent) {
        offset(result);
      }
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw new BrokenLog(
          "only the newest attempt may write %s, another one has claimed it".formatted(names.log()),
          e);
    } catch (KafkaException e) {
      abort(producer, e);
      throw new BrokenLog(
          "a transaction on %s must complete: %s".formatted(names.log(), e.getMessage()), e);
    } catch (RuntimeException e) {
      abort(producer, e);
      throw e;
    }
  }

  private static void abort(Producer<String, byte[]> producer, RuntimeException cause) {
    try {
      producer.abortTransaction();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private long offset(Future<RecordMetadata> result) {
    try {
      return result.get().offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenLog("interrupted while writing " + names.log(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof KafkaException kafkaException) {
        throw kafkaException;
      }
      throw new BrokenLog(
          "a record must reach its topic of %s: %s".formatted(names.model(), cause.getMessage()),
          cause);
    }
  }

  @Override
  public LogFeed feed() {
    return new KafkaLogFeed(kafka, names);
  }

  @Override
  public long beginning(Topic topic) {
    return reader.beginning(nameOf(topic));
  }

  @Override
  public long end(Topic topic) {
    return reader.end(nameOf(topic));
  }

  @Override
  public void read(Topic topic, long from, long to, RecordReader records) {
    reader.read(nameOf(topic), from, to, records);
  }

  @Override
  public void poll(Topic topic, long from, RecordReader records) {
    TopicPartition partition = new TopicPartition(nameOf(topic), 0);
    KafkaConsumer<String, byte[]> consumer = following;
    if (consumer == null) {
      consumer = reader.following(nameOf(topic));
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      following = consumer;
    }
    try {
      for (ConsumerRecord<String, byte[]> record :
          consumer.poll(Duration.ZERO).records(partition)) {
        if (record.offset() >= from) {
          records.record(record.offset(), String.valueOf(record.key()), record.value());
        }
      }
    } catch (KafkaException e) {
      throw new BrokenLog("%s must be readable: %s".formatted(nameOf(topic), e.getMessage()), e);
    }
  }

  @Override
  public void deleteBefore(Topic topic, long offset) {
    new LogTopics(kafka).deleteBefore(nameOf(topic), offset);
  }

  @Override
  public void close() {
    producers.values().forEach(Producer::close);
    reader.close();
    if (following != null) {
      following.close();
    }
  }
}
