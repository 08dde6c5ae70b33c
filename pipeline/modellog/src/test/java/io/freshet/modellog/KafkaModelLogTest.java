package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class KafkaModelLogTest extends ModelLogContract {

  @TempDir static Path directory;
  private static TestBroker broker;

  private final List<ModelLog> opened = new ArrayList<>();
  private TopicNames names = new TopicNames("", "unnamed");

  @BeforeAll
  static void startBroker() throws Exception {
    broker = TestBroker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void nameTopics(TestInfo test) {
    names = new TopicNames("t.", "m" + Math.abs(test.getDisplayName().hashCode()));
  }

  @AfterEach
  void closeLogs() {
    opened.forEach(ModelLog::close);
  }

  @Override
  ModelLog open(boolean rewind) {
    ModelLog log = KafkaModelLog.open(broker.kafka(), names, () -> Instant.EPOCH, rewind);
    opened.add(log);
    return log;
  }

  @Override
  LogFeed feed() {
    return KafkaModelLog.feed(broker.kafka(), names);
  }

  @Override
  String model() {
    return names.model();
  }

  @Override
  void appendRaw(byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(broker.kafka(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(names.log(), 0, "m", value)).get();
    }
  }

  @Override
  List<byte[]> rawLog() {
    List<byte[]> values = new ArrayList<>();
    try (KafkaTopicReader reader = new KafkaTopicReader(broker.kafka())) {
      reader.read(
          names.log(),
          reader.beginning(names.log()),
          reader.end(names.log()),
          (offset, key, value) -> {
            if (value != null) {
              values.add(value);
            }
          });
    }
    return values;
  }

  @Override
  void send(Command command) {
    assertThat(new KafkaCommands(broker.kafka(), names).send(command, Duration.ZERO, () -> 0))
        .as("nobody has decided on it")
        .isNull();
  }

  /** As compaction will leave them: the newest record of each key. */
  @Override
  int candidates() {
    Map<String, LogEntry> newest = new HashMap<>();
    LogCodec codec = new LogCodec(model());
    try (KafkaTopicReader reader = new KafkaTopicReader(broker.kafka())) {
      reader.read(
          names.decisions(),
          reader.beginning(names.decisions()),
          reader.end(names.decisions()),
          (offset, key, value) -> newest.put(key, codec.entry(value)));
    }
    return (int) newest.values().stream().filter(entry -> entry instanceof LogEntry.Chunk).count();
  }

  @Test
  void topicsThatWouldLoseVersionsAreRefusedWithEverythingThatIsWrong() throws Exception {
    try (Admin admin = Admin.create(broker.kafka())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(names.log(), Optional.of(3), Optional.empty())
                      .configs(Map.of("retention.ms", "1000", "retention.bytes", "-1"))))
          .all()
          .get();
    }

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> open(false))
        .withMessageContaining(names.log() + " must have one partition, it has 3")
        .withMessageContaining(names.log() + " must have retention.ms=-1, it has 1000");
  }

  @Test
  void aReaderOfAModelThatDoesNotExistIsToldSo() {
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(this::feed)
        .withMessageContaining("must have the topic " + names.log())
        .withMessageContaining("does not exist");
  }

  @Test
  void aVersionOfWhichTheTransactionIsOpenIsInvisible() throws Exception {
    ScriptedLearner learner = new ScriptedLearner(open(false)).claim();
    learner.publish(1);
    // An attempt that dies in the middle of a version: some of its records lie in the log.
    Map<String, Object> settings = new java.util.HashMap<>(broker.kafka());
    settings.put("transactional.id", "freshet-" + names.prefix() + names.model());
    try (KafkaProducer<String, byte[]> dying =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      dying.initTransactions();
      dying.beginTransaction();
      dying.send(new ProducerRecord<>(names.log(), 0, "m", new byte[] {1})).get();
      try (LogFeed feed = feed()) {
        assertThat(read(feed, feed.end())).hasSize(3);
      }
      ScriptedLearner next = ScriptedLearner.resume(open(false), learner.save()).claim();
      next.publish(2);
    }
    try (LogFeed feed = feed()) {
      assertThat(read(feed, feed.end()))
          .hasSize(6)
          .noneMatch(LogEntry.Unreadable.class::isInstance);
    }
  }

  private static List<LogEntry> read(LogFeed feed, long end) {
    List<LogEntry> entries = new ArrayList<>();
    while (feed.position() < end) {
      feed.poll(Duration.ofMillis(50)).forEach(record -> entries.add(record.entry()));
    }
    return entries;
  }
}
