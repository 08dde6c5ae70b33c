package io.freshet.serving;

import io.freshet.schema.Attributes;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Heartbeat;
import io.freshet.schema.avro.Item;
import io.freshet.schema.avro.UserHistories;
import io.freshet.scoring.feature.HistoryEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
 * Histories from {@code features.users} and attributes from {@code catalog.items}, read from their
 * beginnings into memory and kept up to date by a thread of its own. Least recently used users and
 * items make room beyond the limits.
 */
public final class KafkaFeatureLookup implements FeatureLookup, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaFeatureLookup.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Map<String, ?> kafka;
  private final List<String> topics;
  private final AvroCodec codec = AvroCodec.of(UserHistories.class, Item.class, Heartbeat.class);
  private final ThreadLocal<AvroCodec> histories =
      ThreadLocal.withInitial(() -> AvroCodec.of(UserHistories.class));
  private final Thread thread;
  private final Life life = new Life();

  // Guarded by it.
  private final Bounded<User> users;
  private final Bounded<Known> items;
  private boolean caughtUp;
  private long unreadable;
  private @Nullable String problem;

  private record Known(long eventTime, Map<String, Object> attributes) {}

  /** Most histories change many times before they are asked for once: decoded when they are. */
  private static final class User {

    private byte @Nullable [] record;
    private @Nullable Map<String, List<HistoryEntry>> histories;

    User(byte[] record) {
      this.record = record;
    }

    synchronized Map<String, List<HistoryEntry>> histories(AvroCodec codec)
        throws UndecodableRecord {
      Map<String, List<HistoryEntry>> known = histories;
      byte[] encoded = record;
      if (known == null && encoded != null) {
        known = Map.of();
        record = null;
        histories = known;
        known = historiesOf(codec.decode(encoded, UserHistories.class));
        histories = known;
      }
      return known == null ? Map.of() : known;
    }
  }

  /** A map that forgets what was used least recently. */
  private static final class Bounded<V> extends LinkedHashMap<String, V> {

    private static final long serialVersionUID = 1L;
    private final int limit;
    private long forgotten;

    Bounded(int limit) {
      super(16, 0.75f, true);
      this.limit = limit;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      boolean full = size() > limit;
      forgotten += full ? 1 : 0;
      return full;
    }
  }

  /**
   * @param forgotten users and items that made room
   * @param unreadable records that could not be decoded
   */
  public record Stats(int users, int items, long forgotten, long unreadable) {}

  /** Begins to read, at once and in the background. */
  public static KafkaFeatureLookup open(ReaderOptions options) {
    KafkaFeatureLookup lookup = new KafkaFeatureLookup(options);
    lookup.thread.start();
    return lookup;
  }

  private KafkaFeatureLookup(ReaderOptions options) {
    this.kafka = options.kafka();
    EventTopics names = new EventTopics(options.names().prefix());
    this.topics = List.of(names.items(), names.users());
    this.users = new Bounded<>(options.maxUsers());
    this.items = new Bounded<>(options.maxItems());
    this.thread = new Thread(this::run, "freshet-features-" + options.names().model());
    this.thread.setDaemon(true);
  }

  @Override
  public Map<String, List<HistoryEntry>> histories(String userId) {
    User found = life.see(() -> users.get(userId));
    try {
      return found == null ? Map.of() : found.histories(histories.get());
    } catch (UndecodableRecord e) {
      unreadable("histories of user " + userId, e);
      return Map.of();
    }
  }

  @Override
  public List<Map<String, Object>> items(List<String> itemIds) {
    return life.see(
        () -> {
          List<Map<String, Object>> found = new ArrayList<>(itemIds.size());
          for (String itemId : itemIds) {
            Known known = items.get(itemId);
            found.add(known == null ? Map.of() : known.attributes());
          }
          return found;
        });
  }

  /**
   * Waits until everything that the topics held at the start has been read.
   *
   * @return what is left of {@code timeout}
   * @throws NoVersion if that takes longer, saying what was met
   */
  public Duration awaitCaughtUp(Duration timeout) {
    Duration left;
    try {
      left = life.await(() -> caughtUp, timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoVersion("interrupted while reading " + topics);
    }
    if (left.isNegative()) {
      throw new NoVersion(
          "features of users and items must be read from %s first; %s"
              .formatted(topics, life.see(() -> problem == null ? "reading goes on" : problem)));
    }
    return left;
  }

  public Stats stats() {
    return life.see(
        () -> new Stats(users.size(), items.size(), users.forgotten + items.forgotten, unreadable));
  }

  private void run() {
    while (life.isOpen()) {
      try (KafkaConsumer<String, byte[]> consumer = consumer()) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (life.isOpen()) {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            accept(record);
          }
          ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
          note(ends.isEmpty(), null);
        }
      } catch (KafkaException | MissingTopic e) {
        // What is known stays known; reading begins again.
        note(false, e.getMessage());
        life.pause(RETRY);
      }
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
    settings.putIfAbsent(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 << 10);
    settings.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> found = consumer.partitionsFor(topic);
      if (found == null || found.isEmpty()) {
        throw new MissingTopic("topic %s must exist, it does not".formatted(topic));
      }
      found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    return partitions;
  }

  private void accept(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      forget(record);
      return;
    }
    try {
      if (record.topic().equals(topics.get(0))) {
        if (codec.decode(value) instanceof Item item) {
          put(item);
        }
      } else {
        codec.check(value, UserHistories.class);
        put(record.key(), value);
      }
    } catch (UndecodableRecord e) {
      unreadable("%s at offset %d".formatted(record.topic(), record.offset()), e);
    }
  }

  private void unreadable(String where, UndecodableRecord reason) {
    LOG.debug("{}: {}", where, reason.getMessage());
    life.change(() -> unreadable++);
  }

  private void forget(ConsumerRecord<String, byte[]> record) {
    life.change(() -> (record.topic().equals(topics.get(0)) ? items : users).remove(record.key()));
  }

  private static Map<String, List<HistoryEntry>> historiesOf(UserHistories user) {
    Map<String, List<HistoryEntry>> histories = new HashMap<>();
    user.getHistories()
        .forEach(
            (key, entries) ->
                histories.put(
                    key,
                    entries.stream()
                        .map(
                            entry ->
                                new HistoryEntry(
                                    entry.getAction(),
                                    entry.getItemId(),
                                    Attributes.fromAvro(entry.getItem()),
                                    entry.getEventTime(),
                                    entry.getValue()))
                        .toList()));
    return Map.copyOf(histories);
  }

  private void put(String userId, byte[] record) {
    life.change(() -> users.put(userId, new User(record)));
  }

  private void put(Item item) {
    Map<String, Object> attributes =
        item.getRemoved() ? Map.of() : Attributes.fromAvro(item.getAttributes());
    life.change(
        () -> {
          Known known = items.get(item.getItemId());
          if (known == null || known.eventTime() <= item.getEventTime()) {
            items.put(item.getItemId(), new Known(item.getEventTime(), attributes));
          }
        });
  }

  private void note(boolean reachedEnds, @Nullable String met) {
    life.change(
        () -> {
          caughtUp |= reachedEnds;
          problem = met;
        });
  }

  @Override
  public void close() {
    life.end(thread);
  }
}
