package io.freshet.job.input;

import java.io.Serializable;
import java.util.List;

/**
 * Numbers the input partitions: the topic's place in a fixed list in the upper half, the partition
 * in the lower, so that a partition's number stays the same when others are added.
 */
public record InputPartitions(List<String> topics) implements Serializable {

  private static final int PARTITION_BITS = 16;

  /**
   * @throws IllegalArgumentException if the topic is not one of the inputs
   */
  public int numberOf(String topic, int partition) {
    int place = topics.indexOf(topic);
    if (place < 0) {
      throw new IllegalArgumentException(
          "topic must be one of %s, got %s".formatted(topics, topic));
    }
    return place << PARTITION_BITS | partition;
  }

  public String topicOf(int number) {
    return topics.get(number >>> PARTITION_BITS);
  }

  public int partitionOf(int number) {
    return number & (1 << PARTITION_BITS) - 1;
  }

  /** As in lineages: {@code events.interactions-3}. */
  public String nameOf(int number) {
    return topicOf(number) + "-" + partitionOf(number);
  }
}
