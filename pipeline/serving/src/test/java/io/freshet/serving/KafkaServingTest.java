package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.BrokenLog;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.ServedNames;
import io.freshet.modellog.TestBroker;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.HistoryEntry;
import io.freshet.schema.avro.Item;
import io.freshet.schema.avro.UserHistories;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaServingTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir static Path directory;
  private static TestBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = TestBroker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void servesAVersionThatAnotherAttemptPublishesAndHealsAcrossARetraction() throws Exception {
    TopicNames names = new TopicNames("t.", "din");
    ReaderOptions options =
        ReaderOptions.of(broker.kafka(), "din", Isolation.SPECULATIVE)
            .withPrefix("t.")
            .withFeatures(0, 0);
    BlockingQueue<Swap> swaps = new ArrayBlockingQueue<>(1000);
    try (ModelReader reader =
            LogModelReader.open(
                options,
                () -> KafkaModelLog.feed(broker.kafka(), names),
                json -> new UniformModel(),
                null);
        ModelLog first = KafkaModelLog.open(broker.kafka(), names, () -> Instant.EPOCH, false)) {
      reader.onSwap(swaps::add);
      ScriptedLearner learner = new ScriptedLearner(first).claim();
      learner.publish(1);
      learner.anchor();
      ScriptedLearner.Saved checkpoint = learner.save();
      learner.publish(2);
      awaitNumber(swaps, 2);
      assertThat(reader.matches()).isTrue();

      try (ModelLog second =
          KafkaModelLog.open(broker.kafka(), names, () -> Instant.EPOCH, false)) {
        ScriptedLearner next = ScriptedLearner.resume(second, checkpoint).claim();
        next.anchorBase();
        next.publish(30);
        awaitNumber(swaps, 3);

        assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(30);
        assertThat(reader.matches()).isTrue();
        assertThat(reader.stats().gaps()).isZero();
      }
    }
  }

  @Test
  void whatWasCopiedIntoTheLogFoolsNoReaderAndCommitsAreFollowed() throws Exception {
    TopicNames names = new TopicNames("c.", "din");
    InMemoryModelLog elsewhere = new InMemoryModelLog("din", () -> Instant.EPOCH);
    ScriptedLearner other = new ScriptedLearner(elsewhere.open()).claim();
    other = ScriptedLearner.resume(elsewhere.open(), other.save()).claim();
    ModelLog otherLog = elsewhere.open();
    other = ScriptedLearner.resume(otherLog, other.save()).claim();
    for (int value = 100; value < 110; value++) {
      otherLog.commit(other.publish(value).version());
    }
    ReaderOptions committed =
        ReaderOptions.of(broker.kafka(), "din", Isolation.COMMITTED).withFeatures(0, 0);
    ReaderOptions speculative =
        ReaderOptions.of(broker.kafka(), "din", Isolation.SPECULATIVE).withFeatures(0, 0);
    BlockingQueue<Swap> settled = new ArrayBlockingQueue<>(1000);
    BlockingQueue<Swap> swaps = new ArrayBlockingQueue<>(1000);
    try (ModelLog log = KafkaModelLog.open(broker.kafka(), names, () -> Instant.EPOCH, false);
        ModelReader safe = open(committed, names);
        ModelReader reader = open(speculative, names);
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                new HashMap<>(broker.kafka()), new StringSerializer(), new ByteArraySerializer())) {
      safe.onSwap(settled::add);
      reader.onSwap(swaps::add);
      ScriptedLearner learner = new ScriptedLearner(log).claim();
      VersionFacts first = learner.publish(1);
      log.commit(first.version());
      learner.publish(2);
      awaitNumber(settled, 1);
      awaitNumber(swaps, 2);

      for (byte[] record : elsewhere.rawLog()) {
        send(producer, names.log(), "din", record);
      }
      VersionFacts third = learner.publish(3);
      learner.publish(4);
      log.commit(third.version());
      awaitNumber(settled, 3);
      awaitNumber(swaps, 4);

      assertThat(settled).isEmpty();
      assertThat(safe.scorer().score(UniformModel.any()).of(0)).isEqualTo(3);
      assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(4);
      assertThat(reader.stats().foreign()).isPositive();
      assertThat(reader.stats().gaps()).isZero();
      assertThat(safe.stats().gaps()).isZero();
    }
  }

  private static ModelReader open(ReaderOptions options, TopicNames names) {
    return LogModelReader.open(
        options, () -> KafkaModelLog.feed(broker.kafka(), names), json -> new UniformModel(), null);
  }

  private static Float bias(Served served) {
    return served.state().tensor("bias").data()[0];
  }

  @Test
  void aPromotedNameServesTheOtherModelWithoutAGap() throws Exception {
    TopicNames one = new TopicNames("s.", "one");
    TopicNames other = new TopicNames("s.", "other");
    try (ModelLog first = KafkaModelLog.open(broker.kafka(), one, () -> Instant.EPOCH, false);
        ModelLog second = KafkaModelLog.open(broker.kafka(), other, () -> Instant.EPOCH, false);
        ModelReader reader =
            ServedNameReader.open(
                "shop",
                () -> ServedNames.open(broker.kafka(), "s."),
                model ->
                    LogModelReader.open(
                        ReaderOptions.of(broker.kafka(), model, Isolation.SPECULATIVE)
                            .withPrefix("s.")
                            .withFeatures(0, 0),
                        () -> KafkaModelLog.feed(broker.kafka(), new TopicNames("s.", model)),
                        json -> new UniformModel(),
                        null))) {
      assertThatExceptionOfType(NoVersion.class)
          .isThrownBy(() -> reader.scorer().score(UniformModel.any()))
          .withMessageContaining("the served name shop must stand for a model");
      BlockingQueue<Swap> swaps = new ArrayBlockingQueue<>(100);
      reader.onSwap(swaps::add);
      new ScriptedLearner(first).claim().publish(1);
      ServedNames.point(broker.kafka(), "s.", "shop", "one", 5);
      reader.awaitFirst(LONG);
      assertThat(reader.model()).isEqualTo("one");
      assertThat(reader.<Long>read(served -> served.facts().version().number())).isEqualTo(1);
      assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(1);

      BlockingQueue<List<Float>> before = new ArrayBlockingQueue<>(100);
      reader.beforeSwap(
          next ->
              before.add(
                  List.of(
                      reader.<Float>read(KafkaServingTest::bias), KafkaServingTest.bias(next))));
      // The other model has no version yet: the name goes on with what it has.
      ScriptedLearner later = new ScriptedLearner(second).claim();
      ServedNames.point(broker.kafka(), "s.", "shop", "other", 6);
      assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(1);
      later.publish(2);
      long deadline = System.nanoTime() + LONG.toNanos();
      float score = 1;
      while (score == 1 && System.nanoTime() < deadline) {
        score = reader.scorer().score(UniformModel.any()).of(0);
      }
      assertThat(score).isEqualTo(2);
      assertThat(reader.model()).isEqualTo("other");
      assertThat(before).containsExactly(List.of(1f, 2f));
      assertThat(swaps.poll(LONG.toSeconds(), TimeUnit.SECONDS)).as("of one").isNotNull();
      assertThat(swaps.poll(LONG.toSeconds(), TimeUnit.SECONDS)).as("of other").isNotNull();
      try (ServedNames names = ServedNames.open(broker.kafka(), "s.")) {
        assertThat(names.targets())
            .containsExactly(Map.entry("shop", new ServedNames.Target("other", 6)));
      }
    }
  }

  @Test
  void aNameIsOnlyPromotedToAModelThatIsThere() {
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> ServedNames.point(broker.kafka(), "s.", "shop", "nobody", 1))
        .withMessageContaining("nobody");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> ServedNames.point(broker.kafka(), "s.", "one", "one", 1));
  }

  @Test
  void looksUpHistoriesAndAttributesAndFollowsTheirChanges() throws Exception {
    EventTopics topics = new EventTopics("f.");
    try (Admin admin = Admin.create(broker.kafka())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topics.items(), Optional.of(2), Optional.empty()),
                  new NewTopic(topics.users(), Optional.of(2), Optional.empty())))
          .all()
          .get();
    }
    AvroCodec codec = AvroCodec.of(UserHistories.class, Item.class);
    Map<String, Object> settings = new HashMap<>(broker.kafka());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      send(producer, topics.items(), "i1", codec.encode(item("i1", 10, "red", false)));
      send(producer, topics.items(), "i2", codec.encode(item("i2", 10, "blue", false)));
      send(producer, topics.items(), "i2", codec.encode(item("i2", 5, "older", false)));
      send(producer, topics.items(), "i3", codec.encode(item("i3", 10, "green", true)));
      send(producer, topics.items(), "i4", new byte[] {1, 2, 3});
      send(producer, topics.users(), "u1", codec.encode(user("u1", "i1")));
      send(producer, topics.users(), "u2", codec.encode(user("u2", "i1")));
      ReaderOptions options =
          ReaderOptions.of(broker.kafka(), "din", Isolation.SPECULATIVE)
              .withPrefix("f.")
              .withFeatures(1, 10);
      try (KafkaFeatureLookup lookup = KafkaFeatureLookup.open(options)) {
        lookup.awaitCaughtUp(LONG);

        assertThat(lookup.items(List.of("i1", "i2", "i3", "i4", "unknown")))
            .containsExactly(
                Map.of("colour", "red"), Map.of("colour", "blue"), Map.of(), Map.of(), Map.of());
        assertThat(lookup.stats().unreadable()).isEqualTo(1);
        assertThat(lookup.stats().users()).as("only one may stay").isEqualTo(1);
        assertThat(lookup.stats().forgotten()).isEqualTo(1);
      }
      try (KafkaFeatureLookup lookup = KafkaFeatureLookup.open(options.withFeatures(10, 10))) {
        lookup.awaitCaughtUp(LONG);
        assertThat(lookup.histories("u1").get("click"))
            .singleElement()
            .satisfies(
                entry -> {
                  assertThat(entry.itemId()).isEqualTo("i1");
                  assertThat(entry.item()).isEqualTo(Map.of("colour", "red"));
                });
        assertThat(lookup.histories("nobody")).isEmpty();
      }
    }
  }

  @Test
  void missingFeatureTopicsAreNamed() {
    ReaderOptions options =
        ReaderOptions.of(broker.kafka(), "din", Isolation.SPECULATIVE).withPrefix("absent.");
    try (KafkaFeatureLookup lookup = KafkaFeatureLookup.open(options)) {
      assertThatExceptionOfType(NoVersion.class)
          .isThrownBy(() -> lookup.awaitCaughtUp(Duration.ofSeconds(2)))
          .withMessageContaining("topic absent.catalog.items must exist");
    }
  }

  private static void awaitNumber(BlockingQueue<Swap> swaps, long number) throws Exception {
    for (long at = 0; at < number; ) {
      Swap swap = swaps.poll(LONG.toSeconds(), TimeUnit.SECONDS);
      assertThat(swap).as("version %d must be served in time", number).isNotNull();
      at = java.util.Objects.requireNonNull(swap).facts().version().number();
    }
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, String topic, String key, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, key, value)).get();
  }

  private static Item item(String id, long eventTime, String colour, boolean removed) {
    return Item.newBuilder()
        .setItemId(id)
        .setEventTime(eventTime)
        .setAttributes(Map.of("colour", colour))
        .setRemoved(removed)
        .build();
  }

  private static UserHistories user(String id, String itemId) {
    HistoryEntry entry =
        HistoryEntry.newBuilder()
            .setAction("click")
            .setItemId(itemId)
            .setItem(Map.of("colour", "red"))
            .setEventTime(7)
            .build();
    return UserHistories.newBuilder()
        .setUserId(id)
        .setEventTime(7)
        .setHistories(Map.of("click", List.of(entry)))
        .build();
  }
}
