package io.freshet.cli.audit;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.job.TrainingJob;
import io.freshet.job.input.Decoded;
import io.freshet.job.input.EventDeserializer;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.input.InputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All event topics from their first record, decoded as the job does. */
public final class EventLog implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final InputPartitions inputs;
  private final EventDeserializer deserializer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<TopicPartition, Long> ends;

  /**
   * Begins at the first records; what comes after the present ends is left out.
   *
   * @throws CommandFailed if a topic does not exist
   */
  public EventLog(KafkaAccess kafka, InputPartitions inputs) {
    this.inputs = inputs;
    this.deserializer = new EventDeserializer(inputs, TrainingJob.FUTURE_TOLERANCE_MS);
    Properties properties = kafka.properties();
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // In small pieces: whatever one partition runs ahead of the others waits in memory.
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 << 10);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    for (String topic : inputs.topics()) {
      List<PartitionInfo> found = consumer.partitionsFor(topic);
      if (found.isEmpty()) {
        consumer.close();
        throw new CommandFailed("topic %s must exist, it does not".formatted(topic));
      }
      found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    this.ends = consumer.endOffsets(partitions);
  }

  /** Numbers of all partitions. */
  public List<Integer> numbers() {
    return partitions.stream()
        .map(partition -> inputs.numberOf(partition.topic(), partition.partition()))
        .toList();
  }

  /** What is gone of the inputs of a version, one line each. */
  public List<String> missing(Map<String, Long> lineage) {
    List<String> missing = new ArrayList<>();
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    for (TopicPartition partition : partitions) {
      long first = beginnings.getOrDefault(partition, 0L);
      if (first > 0) {
        missing.add("%s must still hold offset 0, it begins at %d".formatted(partition, first));
      }
      long needed = lineage.getOrDefault(partition.toString(), -1L);
      long end = ends.getOrDefault(partition, 0L);
      if (needed >= end) {
        missing.add("%s must hold offset %d, it ends at %d".formatted(partition, needed, end));
      }
    }
    return missing;
  }

  /** Hands out some more records; false when there are none. */
  public boolean read(Consumer<InputRecord> out) {
    boolean more =
        partitions.stream()
            .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L));
    if (!more) {
      return false;
    }
    List<Decoded> decoded = new ArrayList<>();
    ListCollector<Decoded> collector = new ListCollector<>(decoded);
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      deserializer.deserialize(record, collector);
    }
    for (Decoded one : decoded) {
      InputRecord record = one.record();
      if (record != null) {
        out.accept(record);
      }
    }
    return true;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
