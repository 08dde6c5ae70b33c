package io.freshet.cli.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schema.EventTopics;
import io.freshet.schema.event.ItemEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Over a producer whose acknowledgements the test gives. */
class CollectorTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final long NEVER_AGAIN_MS = 1L << 40;
  private static final EventTopics TOPICS = new EventTopics("");

  private final HeldProducer producer = new HeldProducer();
  private final CollectMetrics metrics = new CollectMetrics();

  /** Acknowledges at once, or when it is told to. */
  private static final class HeldProducer extends MockProducer<byte[], byte[]> {

    private boolean held;

    HeldProducer() {
      super(cluster(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Cluster cluster() {
      Node node = new Node(1, "localhost", 9092);
      Node[] all = {node};
      List<PartitionInfo> partitions =
          TOPICS.events().stream()
              .map(topic -> new PartitionInfo(topic, 0, node, all, all))
              .toList();
      return new Cluster("cluster", List.of(node), partitions, Set.of(), Set.of());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      Future<RecordMetadata> sent = super.send(record, callback);
      if (!held) {
        completeNext();
      }
      return sent;
    }
  }

  private static EventBatch.Part item(String id) {
    return new EventBatch.Part(
        "event " + id, new ItemEvent(id, NOW, Map.of(), null, false, null, -1), null);
  }

  @Test
  void anEventCountsWhenKafkaHasSaidSoAndNotBefore() {
    try (Collector collector =
        Collector.start(
            producer, TOPICS, new EventWindow(1_000), NEVER_AGAIN_MS, () -> NOW, metrics)) {
      assertThat(producer.history()).as("heartbeats").hasSize(3);
      producer.clear();
      producer.held = true;
      CompletableFuture<Outcome> outcome =
          collector.collect(Stream.of("0", "1").map(CollectorTest::item).toList());

      assertThat(outcome).isNotDone();
      producer.completeNext();
      assertThat(outcome).isNotDone();
      producer.errorNext(new TopicAuthorizationException(Set.of("catalog.items")));

      assertThat(outcome.join())
          .isEqualTo(
              new Outcome(
                  1,
                  List.of(),
                  List.of(
                      new Outcome.Turned(
                          "event 1", "Not authorized to access topics: [catalog.items]"))));
      assertThat(outcome.join().status()).isEqualTo(503);
      assertThat(metrics.text().text())
          .contains("freshet_collected_events_total{type=\"item\"} 1.0")
          .contains("freshet_unacknowledged_events_total 1.0");
    }
  }

  @Test
  void whatAPartOfAnAnswerMeansIsInItsStatus() {
    List<Outcome.Turned> some = List.of(new Outcome.Turned("event 0", "why"));
    assertThat(new Outcome(3, List.of(), List.of()).status()).isEqualTo(200);
    assertThat(new Outcome(3, some, List.of()).status()).isEqualTo(207);
    assertThat(new Outcome(0, some, List.of()).status()).isEqualTo(400);
    assertThat(new Outcome(0, some, some).status()).isEqualTo(503);
  }
}
