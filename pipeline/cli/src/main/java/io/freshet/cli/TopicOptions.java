package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Whether a command makes the topics that it needs. */
public final class TopicOptions {

  @Option(names = "--create-topics", description = "Make the topics that are missing.")
  private boolean create;

  @Option(
      names = "--replication",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Replicas of topics that are made (default: as the brokers say).")
  private short replication;

  /**
   * Partition counts of {@code needed}, all topics having been made where that is asked for.
   *
   * @throws CommandFailed naming every one that is missing
   */
  Map<String, Integer> partitions(KafkaAccess access, List<String> needed) {
    SharedTopics topics = new SharedTopics(access);
    if (create) {
      topics.create(replication);
    }
    try {
      return topics.partitions(needed);
    } catch (CommandFailed e) {
      throw new CommandFailed(e.getMessage() + " (--create-topics makes them)", e);
    }
  }
}
