package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.WrongUse;
import io.freshet.schema.EventTopics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

  @TempDir Path directory;

  @Test
  void aSecondStartOnTheSameDirectoryStillHasTheEventsWithTheirAppendTime() throws Exception {
    EventTopics topics = new EventTopics("shop.");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      KafkaAccess access = KafkaAccess.to(kafka.brokers(), topics).checked();
      new SharedTopics(access).create((short) 1);
      Properties properties = access.properties();
      try (var producer =
          new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
        producer
            .send(new ProducerRecord<>(topics.items(), 2, 1L, new byte[] {1}, new byte[] {7}))
            .get();
      }
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      KafkaAccess access = KafkaAccess.to(kafka.brokers(), topics);
      new SharedTopics(access).create((short) 1);
      assertThat(new SharedTopics(access).partitions(topics.events()).values()).containsOnly(4);
      try (var consumer =
          new KafkaConsumer<>(
              access.properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        TopicPartition partition = new TopicPartition(topics.items(), 2);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        List<ConsumerRecord<byte[], byte[]>> records =
            consumer.poll(Duration.ofSeconds(10)).records(partition);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).value()).containsExactly(7);
        assertThat(records.get(0).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
      }
      assertThatThrownBy(() -> new SharedTopics(access).partitions(List.of("shop.none", "other")))
          .isInstanceOf(CommandFailed.class)
          .hasMessage(
              "topics must exist at %s, and this principal must have the right to see them; missing: other, shop.none"
                  .formatted(kafka.brokers()));
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
          .isInstanceOf(WrongUse.class)
          .hasMessageContaining("Kafka's port must be free, got " + taken.getLocalPort());
    }
  }

  @Test
  void aDirectoryOfSomeoneElseIsLeftAlone() throws Exception {
    Files.writeString(directory.resolve("thesis.txt"), "mine");
    assertThatThrownBy(() -> EmbeddedKafka.start(directory))
        .isInstanceOf(WrongUse.class)
        .hasMessageContaining("must be empty or hold meta.properties, got " + directory)
        .hasMessageContaining("thesis.txt");
    assertThat(directory.resolve("thesis.txt")).hasContent("mine");
  }

  @Test
  void aBrokerDirectoryOfAnotherNodeIsRefused() throws Exception {
    Files.writeString(
        directory.resolve("meta.properties"), "version=1\nnode.id=7\ncluster.id=abc\n");
    assertThatThrownBy(() -> EmbeddedKafka.start(directory))
        .isInstanceOf(WrongUse.class)
        .hasMessageContaining("node.id=7");
  }
}
