package io.freshet.cli.python;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.Item;
import io.freshet.schema.avro.UserHistories;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes what serving looks up: histories of users and attributes of items. */
final class FeatureTopics {

  private final KafkaAccess kafka;
  private final AvroCodec codec = AvroCodec.of(UserHistories.class, Item.class);

  FeatureTopics(String brokers, EventTopics topics) {
    this.kafka = KafkaAccess.to(brokers, topics);
  }

  /** Puts the items and users of {@code known}; users without an id stay out. */
  void put(List<Instance> known) throws Exception {
    new SharedTopics(kafka).create((short) 1);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            kafka.properties(), new StringSerializer(), new ByteArraySerializer())) {
      for (Instance instance : known) {
        byte[] item = codec.encode(item(instance));
        send(producer, kafka.topics().items(), instance.itemId(), item);
        String userId = instance.userId();
        if (userId != null) {
          byte[] user = codec.encode(user(userId, instance));
          send(producer, kafka.topics().users(), userId, user);
        }
      }
      send(producer, kafka.topics().items(), "garbage", new byte[] {1, 2, 3});
    }
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, String topic, String key, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, key, value)).get();
  }

  private static Item item(Instance instance) {
    return Item.newBuilder()
        .setItemId(instance.itemId())
        .setEventTime(instance.eventTime())
        .setAttributes(instance.item())
        .build();
  }

  private static UserHistories user(String userId, Instance instance) {
    Map<String, List<io.freshet.schema.avro.HistoryEntry>> histories = new HashMap<>();
    instance
        .histories()
        .forEach((key, entries) -> histories.put(key, entries.stream().map(e -> of(e)).toList()));
    return UserHistories.newBuilder()
        .setUserId(userId)
        .setEventTime(instance.eventTime())
        .setHistories(histories)
        .build();
  }

  private static io.freshet.schema.avro.HistoryEntry of(HistoryEntry entry) {
    return io.freshet.schema.avro.HistoryEntry.newBuilder()
        .setAction(entry.action())
        .setItemId(entry.itemId())
        .setItem(entry.item())
        .setEventTime(entry.eventTime())
        .setValue(entry.value())
        .build();
  }
}
