package io.freshet.search;

import io.freshet.schema.Attributes;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Heartbeat;
import io.freshet.schema.avro.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Catalogue} what the topic {@code catalog.items} says, from its beginning on, on a
 * thread of its own. A tombstone and an item that says so itself take an item out; a record that
 * cannot be read is counted and changes nothing.
 */
public final class CatalogueFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogueFeed.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long RETRY_MS = 500;

  private final Map<String, ?> kafka;
  private final String topic;
  private final Catalogue catalogue;
  private final AvroCodec codec = AvroCodec.of(Item.class, Heartbeat.class);
  private final AtomicLong unreadable = new AtomicLong();
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable String problem;

  private CatalogueFeed(Map<String, ?> kafka, EventTopics topics, Catalogue catalogue) {
    this.kafka = Map.copyOf(kafka);
    this.topic = topics.items();
    this.catalogue = catalogue;
    this.thread = new Thread(this::run, "freshet-catalogue");
    this.thread.setDaemon(true);
  }

  /**
   * Begins to read, at once and in the background.
   *
   * @param kafka client properties, at least {@code bootstrap.servers}
   * @param catalogue changed by this feed alone from now on
   */
  public static CatalogueFeed open(Map<String, ?> kafka, EventTopics topics, Catalogue catalogue) {
    CatalogueFeed feed = new CatalogueFeed(kafka, topics, catalogue);
    feed.thread.start();
    return feed;
  }

  /** Waits until everything that the topic held at the start was read; whether it was. */
  public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
    return caughtUp.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether everything that the topic held at the start was read. */
  public boolean isCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /** What keeps it from reading; null when nothing does. */
  public @Nullable String problem() {
    return problem;
  }

  /** Records that could not be read. */
  public long unreadable() {
    return unreadable.get();
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private void run() {
    while (isOpen()) {
      try (KafkaConsumer<String, byte[]> consumer = consumer()) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (isOpen()) {
          follow(consumer, ends);
        }
      } catch (KafkaException | MissingTopic e) {
        // What is known stays known; reading begins again.
        problem = e.getMessage();
        pause();
      }
    }
  }

  private void follow(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
    for (ConsumerRecord<String, byte[]> record : records) {
      accept(record);
    }
    if (!records.isEmpty()) {
      catalogue.refresh();
    }
    ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    problem = null;
    if (ends.isEmpty()) {
      caughtUp.countDown();
    }
  }

  private void pause() {
    try {
      boolean ended = closed.await(RETRY_MS, TimeUnit.MILLISECONDS);
      LOG.debug("{} is read again: {}", topic, !ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  private static final class MissingTopic extends RuntimeException {
    MissingTopic(String message) {
      super(message);
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer) {
    List<PartitionInfo> found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      throw new MissingTopic("topic %s must exist, it does not".formatted(topic));
    }
    List<TopicPartition> partitions = new ArrayList<>();
    found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    return partitions;
  }

  private void accept(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      if (record.key() == null) {
        unreadable.incrementAndGet();
      } else {
        catalogue.forget(record.key());
      }
      return;
    }
    try {
      if (!(codec.decode(record.value()) instanceof Item item)) {
        return;
      }
      if (item.getRemoved()) {
        catalogue.remove(item.getItemId(), item.getEventTime());
      } else {
        catalogue.put(
            item.getItemId(),
            item.getEventTime(),
            Attributes.fromAvro(item.getAttributes()),
            item.getText());
      }
    } catch (UndecodableRecord e) {
      LOG.debug("{} at offset {}: {}", topic, record.offset(), e.getMessage());
      unreadable.incrementAndGet();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
