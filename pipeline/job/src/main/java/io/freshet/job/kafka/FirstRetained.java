package io.freshet.job.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts a fresh job at the first retained offset, and never jumps afterwards: an offset that is
 * gone stops the job instead of training everything again.
 */
public final class FirstRetained implements OffsetsInitializer {

  private static final long serialVersionUID = 1L;

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    return new HashMap<>(retriever.beginningOffsets(partitions));
  }

  // The connector's interface names a class that Kafka has deprecated since.
  @Override
  @SuppressWarnings("deprecation")
  public org.apache.kafka.clients.consumer.OffsetResetStrategy getAutoOffsetResetStrategy() {
    return org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE;
  }
}
