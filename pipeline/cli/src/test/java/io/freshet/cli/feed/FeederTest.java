package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeederTest {

  @TempDir static Path directory;
  private static EmbeddedKafka broker;

  @BeforeAll
  static void start() {
    broker = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private KafkaAccess topics(String prefix) {
    KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(prefix));
    new SharedTopics(kafka).create((short) 1);
    return kafka;
  }

  private Feeder feeder(KafkaAccess kafka, Source source, OptionalLong limit, SourceClock clock) {
    return new Feeder(
        source,
        kafka,
        new SharedTopics(kafka).partitions(kafka.topics().events()),
        new Feeder.Plan(limit, Double.POSITIVE_INFINITY, 100, 0),
        clock,
        Feeder.Gate.OPEN,
        event -> {},
        new FeedLedger(directory.resolve(kafka.topics().prefix() + "fed.json")),
        () -> 1_000);
  }

  /** A broken record shows as a heartbeat of nobody, so that it can be counted. */
  private static Event decoded(EventCodec codec, byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableRecord e) {
      return new Heartbeat(0, new String(value, StandardCharsets.UTF_8), -1);
    }
  }

  private Map<TopicPartition, List<Event>> read(KafkaAccess kafka) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : kafka.topics().events()) {
      for (int p = 0; p < SharedTopics.EVENT_PARTITIONS; p++) {
        partitions.add(new TopicPartition(topic, p));
      }
    }
    EventCodec codec = new EventCodec();
    Map<TopicPartition, List<Event>> events = new HashMap<>();
    try (var consumer =
        new KafkaConsumer<>(
            kafka.properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!ends.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
          events
              .computeIfAbsent(
                  new TopicPartition(record.topic(), record.partition()), p -> new ArrayList<>())
              .add(decoded(codec, record.value()));
        }
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
    }
    return events;
  }

  @Test
  void aFeederThatGoesOnLeavesTheSameEventsAsOneThatNeverStopped() throws Exception {
    Source source = Sources.open("simulator", 3);
    KafkaAccess whole = topics("whole.");
    SourceClock clock = new SourceClock();
    Feeder once = feeder(whole, source, OptionalLong.of(9_000), clock);
    assertThat(once.run().reason()).isEqualTo(Feeder.Reason.LIMIT);

    KafkaAccess parts = topics("parts.");
    for (long limit : new long[] {10, 7_000, 7_000, 9_000}) {
      feeder(parts, source, OptionalLong.of(limit), new SourceClock()).run();
    }
    // As after a kill before the ledger was written: counting begins anew, sending does not.
    Files.delete(directory.resolve("parts.fed.json"));
    Feeder again = feeder(parts, source, OptionalLong.of(9_000), new SourceClock());
    again.run();
    assertThat(again.sent()).isZero();
    assertThat(again.counts()).isEqualTo(once.counts());
    assertThat(once.counts().total()).isEqualTo(9_000);

    Map<TopicPartition, List<Event>> expected = read(whole);
    expected.values().forEach(events -> promisesAreKept(events, clock));
    Map<TopicPartition, List<Event>> found = read(parts);
    assertThat(found).hasSize(12);
    for (TopicPartition partition : expected.keySet()) {
      TopicPartition same =
          new TopicPartition(partition.topic().replace("whole.", "parts."), partition.partition());
      assertThat(events(found, same))
          .as(partition.toString())
          .isEqualTo(events(expected, partition));
    }
  }

  private static List<Event> events(
      Map<TopicPartition, List<Event>> all, TopicPartition partition) {
    return all.getOrDefault(partition, List.of()).stream()
        .filter(event -> !(event instanceof Heartbeat))
        .toList();
  }

  private static void promisesAreKept(List<Event> events, SourceClock clock) {
    long promised = Long.MIN_VALUE;
    int heartbeats = 0;
    for (Event event : events) {
      if (event instanceof Heartbeat heartbeat) {
        assertThat(heartbeat.eventTime()).isGreaterThan(promised);
        promised = heartbeat.eventTime();
        heartbeats++;
      } else {
        assertThat(event.eventTime()).isGreaterThanOrEqualTo(promised);
      }
    }
    assertThat(heartbeats).isGreaterThan(3);
    assertThat(clock.eventTime()).hasValue(promised);
  }

  @Test
  void onlyTheTrueEndOfASourcePromisesTheEndOfTimeAndBrokenRecordsGoAsTheyAre() throws Exception {
    Path file = directory.resolve("events.jsonl");
    Files.writeString(
        file,
        """
        {"type":"impression","impressionId":"a","itemId":"i","userId":"u","eventTime":1700000000000}
        {"type":"click","impressionId":"a","userId":"u","eventTime":1700000001000}
        no event at all
        """);
    Source source = Sources.open("events:" + file, 1);
    KafkaAccess kafka = topics("bounded.");
    feeder(kafka, source, OptionalLong.of(1), new SourceClock()).run();
    assertThat(read(kafka).values())
        .allSatisfy(
            events -> assertThat(events).noneMatch(e -> e.eventTime() == Heartbeat.END_OF_TIME));
    Feeder.Outcome outcome = feeder(kafka, source, OptionalLong.empty(), new SourceClock()).run();
    assertThat(outcome)
        .isEqualTo(new Feeder.Outcome(Feeder.Reason.SOURCE_ENDED, Heartbeat.END_OF_TIME));
    Map<TopicPartition, List<Event>> all = read(kafka);
    assertThat(all).hasSize(12);
    assertThat(all.values().stream().flatMap(List::stream))
        .filteredOn(
            e -> e instanceof Heartbeat broken && broken.producer().equals("no event at all"))
        .hasSize(1);
    assertThat(all.values())
        .allSatisfy(
            events ->
                assertThat(events.get(events.size() - 1).eventTime())
                    .isEqualTo(Heartbeat.END_OF_TIME));
    Feeder third = feeder(kafka, source, OptionalLong.empty(), new SourceClock());
    assertThat(third.run().reason()).isEqualTo(Feeder.Reason.SOURCE_ENDED);
    assertThat(third.sent()).isZero();
    assertThat(third.counts().broken()).isEqualTo(1);
    assertThat(third.counts().total()).isEqualTo(3);
    assertThat(third.counts().byType()).containsEntry("click", 1L);
  }

  @Test
  void foreignRecordsAtTheEndOfAPartitionDoNotHideHowFarASourceHasCome() throws Exception {
    KafkaAccess kafka = topics("foreign.");
    Source source = Sources.open("simulator", 7);
    feeder(kafka, source, OptionalLong.of(500), new SourceClock()).run();
    try (var producer =
        new KafkaProducer<>(
            kafka.properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        sent.add(
            producer.send(
                new ProducerRecord<>(kafka.topics().interactions(), 1, null, new byte[] {9})));
      }
      producer.flush();
      assertThat(sent).allMatch(Future::isDone);
    }
    Feeder again = feeder(kafka, source, OptionalLong.of(500), new SourceClock());
    again.run();
    assertThat(again.sent()).isZero();
  }

  @Test
  void everyStartRepeatsTheLastPromiseForAJobThatHasReadAllThereIs() throws Exception {
    Path file = directory.resolve("ended.jsonl");
    Files.writeString(
        file,
        """
        {"type":"impression","impressionId":"a","itemId":"i","userId":"u","eventTime":1700000000000}
        """);
    Source source = Sources.open("events:" + file, 1);
    KafkaAccess kafka = topics("ended.");
    feeder(kafka, source, OptionalLong.empty(), new SourceClock()).run();
    Map<TopicPartition, List<Event>> first = read(kafka);

    Feeder again = feeder(kafka, source, OptionalLong.empty(), new SourceClock());
    assertThat(again.run().promised()).isEqualTo(Heartbeat.END_OF_TIME);

    assertThat(again.sent()).isZero();
    Map<TopicPartition, List<Event>> second = read(kafka);
    assertThat(second).hasSize(12);
    second.forEach(
        (partition, events) -> {
          assertThat(events).hasSize(first.getOrDefault(partition, List.of()).size() + 1);
          assertThat(events.get(events.size() - 1).eventTime()).isEqualTo(Heartbeat.END_OF_TIME);
        });
  }

  @Test
  void aRunThatWaitsMakesItsLastPromiseAgainForAJobThatStartedAnew() throws Exception {
    KafkaAccess kafka = topics("waiting.");
    Feeder feeder =
        feeder(kafka, Sources.open("simulator", 3), OptionalLong.of(300), new SourceClock());
    long promised = feeder.run().promised();
    Map<TopicPartition, List<Event>> before = read(kafka);

    feeder.promiseAgain();

    read(kafka)
        .forEach(
            (partition, events) -> {
              assertThat(events).hasSize(before.getOrDefault(partition, List.of()).size() + 1);
              assertThat(events.get(events.size() - 1)).isInstanceOf(Heartbeat.class);
              assertThat(events.get(events.size() - 1).eventTime()).isEqualTo(promised);
            });
  }
}
