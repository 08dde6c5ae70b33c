package io.freshet.modellog;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.log.ServedName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The served names of an installation, each of which stands for a model: an alias in {@code
 * models.index}, not a fork of a model's chain. What is there when one is opened has been read;
 * {@link #refresh} reads on. Belongs to one thread.
 */
public final class ServedNames implements AutoCloseable {

  private static final String KEY = "served/";
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration WAIT_FOR_BROKER = Duration.ofSeconds(30);

  private final AvroCodec codec = AvroCodec.of(ServedName.class);
  private final Map<String, Target> targets = new TreeMap<>();
  private final KafkaConsumer<String, byte[]> consumer;

  /**
   * What a name stands for.
   *
   * @param changedAt milliseconds since 1970 UTC
   */
  public record Target(String model, long changedAt) {}

  /**
   * @throws BrokenLog if there is no index of models at these brokers
   */
  public static ServedNames open(Map<String, ?> kafka, String prefix) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    try {
      return new ServedNames(consumer, index(prefix));
    } catch (KafkaException e) {
      consumer.close();
      throw new BrokenLog(
          "brokers at %s must answer for %s: %s"
              .formatted(kafka.get("bootstrap.servers"), index(prefix), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private ServedNames(KafkaConsumer<String, byte[]> consumer, String index) {
    this.consumer = consumer;
    if (consumer.partitionsFor(index, WAIT_FOR_BROKER).isEmpty()) {
      throw new BrokenLog("an installation must have the topic %s, it has none".formatted(index));
    }
    TopicPartition partition = new TopicPartition(index, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    while (consumer.position(partition) < end) {
      refresh(POLL);
    }
  }

  /** All names, as of the last {@link #refresh}. */
  public Map<String, Target> targets() {
    return Map.copyOf(targets);
  }

  /** Reads what has come, or waits for it up to {@code timeout}. */
  public void refresh(Duration timeout) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(timeout)) {
      String key = record.key();
      byte[] value = record.value();
      if (key == null || !key.startsWith(KEY)) {
        continue;
      }
      String name = key.substring(KEY.length());
      if (value == null) {
        targets.remove(name);
        continue;
      }
      try {
        ServedName read = codec.decode(value, ServedName.class);
        targets.put(name, new Target(read.getModel(), read.getChangedAt()));
      } catch (UndecodableRecord e) {
        throw new BrokenLog(
            "%s must hold readable records, at offset %d: %s"
                .formatted(record.topic(), record.offset(), e.getMessage()),
            e);
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  /**
   * Lets a name stand for a model from now on.
   *
   * @param at milliseconds since 1970 UTC
   * @throws BrokenLog if the model has no log, or the brokers do not take the record
   * @throws IllegalArgumentException if the name is empty or one of a model, which stands for
   *     itself
   */
  public static void point(
      Map<String, ?> kafka, String prefix, String name, String model, long at) {
    if (name.isEmpty() || name.equals(model)) {
      throw new IllegalArgumentException(
          "a served name must not be empty nor the model's own, got \"%s\"".formatted(name));
    }
    KafkaModelLog.feed(kafka, new TopicNames(prefix, model)).close();
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    byte[] value = AvroCodec.of(ServedName.class).encode(new ServedName(name, model, at));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(index(prefix), 0, KEY + name, value)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenLog("interrupted while writing " + index(prefix), e);
    } catch (ExecutionException | KafkaException e) {
      throw new BrokenLog(
          "%s must take the served name: %s".formatted(index(prefix), e.getMessage()), e);
    }
  }

  private static String index(String prefix) {
    return prefix + "models.index";
  }
}
