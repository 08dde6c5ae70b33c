package io.freshet.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.TestBroker;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.Heartbeat;
import io.freshet.schema.avro.Item;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueFeedTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final EventTopics topics = new EventTopics("shop.");
  private final AvroCodec codec = AvroCodec.of(Item.class, Heartbeat.class);

  @TempDir Path directory;

  private static Item item(String id, long eventTime, String text, boolean removed) {
    return Item.newBuilder()
        .setItemId(id)
        .setEventTime(eventTime)
        .setAttributes(Map.of("colour", "red"))
        .setText(text)
        .setRemoved(removed)
        .build();
  }

  private static void await(BooleanSupplier reached) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!reached.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(reached.getAsBoolean()).isTrue();
  }

  @Test
  void theCatalogueIsWhatTheTopicSays() throws Exception {
    try (TestBroker broker = TestBroker.start(directory);
        Admin admin = Admin.create(new HashMap<>(broker.kafka()));
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                new HashMap<>(broker.kafka()), new StringSerializer(), new ByteArraySerializer());
        Catalogue catalogue = new Catalogue(Bm25.DEFAULT, List.of("text"));
        CatalogueFeed feed = CatalogueFeed.open(broker.kafka(), topics, catalogue)) {
      await(() -> feed.problem() != null);
      assertThat(feed.problem()).isEqualTo("topic shop.catalog.items must exist, it does not");
      assertThat(feed.awaitCaughtUp(Duration.ZERO)).isFalse();

      admin
          .createTopics(List.of(new NewTopic(topics.items(), Optional.of(2), Optional.empty())))
          .all()
          .get();
      for (Item item :
          List.of(
              item("i1", 1, "kettle", false),
              item("i2", 1, "kettle", false),
              item("i3", 1, "kettle", false),
              item("i3", 2, "kettle", true))) {
        send(producer, item.getItemId(), codec.encode(item));
      }
      send(producer, "i9", "no Avro".getBytes(StandardCharsets.UTF_8));
      send(producer, "", codec.encode(new Heartbeat(5L, "test", 0L)));
      send(producer, "i2", null);

      assertThat(feed.awaitCaughtUp(LONG)).isTrue();
      await(() -> feed.unreadable() == 1 && catalogue.size() == 1);
      assertThat(feed.problem()).isNull();
      CatalogueItem found = catalogue.best(List.of("kettle"), 10).get(0).item();
      assertThat(found.id()).isEqualTo("i1");
      assertThat(found.attributes()).isEqualTo(Map.of("colour", "red", "text", "kettle"));

      send(producer, "i1", codec.encode(item("i1", 3, "teapot", false)));
      await(() -> !catalogue.best(List.of("teapot"), 10).isEmpty());
      assertThat(catalogue.best(List.of("kettle"), 10)).isEmpty();
    }
  }

  private void send(KafkaProducer<String, byte[]> producer, String key, byte @Nullable [] value)
      throws Exception {
    producer.send(new ProducerRecord<>(topics.items(), key, value)).get();
  }
}
