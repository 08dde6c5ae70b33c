package io.freshet.cli;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.learning.colbert.ColbertLearning;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.Item;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.source.Source;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A broker with untrained models and what they are asked for; prefixes keep shops apart. */
final class ShopToSearch implements AutoCloseable {

  private static final String MODELS =
      """
      models:
        colbert:
          family: colbert
          features:
            - {name: query, from: query.text, as: tokens, length: 8}
            - {name: text, from: item.text, as: tokens, length: 64}
        subjects:
          family: colbert
          features:
            - {name: query, from: query.text, as: tokens, length: 8}
            - {name: subject, from: item.subject, as: tokens, length: 8}
        quick:
          family: boosted-mlp
          features:
            - {name: item, from: item.id, as: id, size: 4}
      """;

  private final EmbeddedKafka kafka;

  ShopToSearch(Path directory) {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  String brokers() {
    return kafka.brokers();
  }

  KafkaAccess access(String prefix) {
    return KafkaAccess.to(kafka.brokers(), new EventTopics(prefix));
  }

  void createTopics(String prefix) {
    new SharedTopics(access(prefix)).create((short) 1);
  }

  /** Version 1:1 of a model. */
  void publish(String prefix, String model) {
    ModelSettings settings =
        DefaultModels.read(MODELS, new Source.StreamDefaults(0, 1_000, 1_000)).models().stream()
            .filter(each -> each.name().equals(model))
            .findFirst()
            .orElseThrow();
    try (WrittenLog log = new WrittenLog(access(prefix), model, settings)) {
      log.publish(
          settings.family().equals("colbert")
              ? new ColbertLearning().create(settings).servingState()
              : ScorerFamilies.named(settings.family()).emptyState(settings));
    }
  }

  /** Three things to find. */
  void fill(String prefix) throws InterruptedException, ExecutionException {
    put(prefix, "i1", Map.of("subject", "the first"), "Wireless headphones. Black");
    put(prefix, "i2", Map.of("subject", "the second"), "headphones with a cable");
    put(prefix, "i3", Map.of("subject", "the third"), "a kettle");
  }

  private void put(String prefix, String id, Map<String, Object> attributes, String text)
      throws InterruptedException, ExecutionException {
    Item item =
        Item.newBuilder()
            .setItemId(id)
            .setEventTime(1)
            .setAttributes(attributes)
            .setText(text)
            .build();
    send(access(prefix).topics().items(), id, AvroCodec.of(Item.class).encode(item));
  }

  /** Nothing earlier than this comes any more. */
  void promise(String prefix, long eventTime) throws InterruptedException, ExecutionException {
    send(
        access(prefix).topics().interactions(),
        null,
        new EventCodec().encode(new Heartbeat(eventTime, "test", 0)));
  }

  private void send(String topic, @Nullable String key, byte[] value)
      throws InterruptedException, ExecutionException {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            access("").properties(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, 0, key, value)).get();
    }
  }

  @Override
  public void close() {
    kafka.close();
  }
}
