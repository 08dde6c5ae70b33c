package io.freshet.cli.kafka;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.schema.EventTopics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics that all models share: made where they are missing, or required to be there. */
public final class SharedTopics {

  /** Partitions of each event topic that is made here. */
  public static final int EVENT_PARTITIONS = 4;

  private static final int KNOWN_ATTEMPTS = 200;
  private static final int KNOWN_BACKOFF_MS = 50;

  private final KafkaAccess kafka;

  public SharedTopics(KafkaAccess kafka) {
    this.kafka = kafka;
  }

  /** All of them. */
  public static List<String> all(EventTopics topics) {
    List<String> all = new ArrayList<>(topics.events());
    all.add(topics.users());
    all.add(topics.deadLetters());
    all.add(topics.evaluations());
    return all;
  }

  /**
   * Makes those that are missing. Event topics take the broker's append time, since retention would
   * go by the time of replayed events otherwise.
   *
   * @param replication of new topics; -1 for the brokers' default
   */
  public void create(short replication) {
    EventTopics topics = kafka.topics();
    Map<String, String> events =
        Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
            TopicConfig.RETENTION_MS_CONFIG, "-1",
            TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    Map<String, String> compacted =
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    List<NewTopic> wanted = new ArrayList<>();
    for (String topic : topics.events()) {
      wanted.add(new NewTopic(topic, EVENT_PARTITIONS, replication).configs(events));
    }
    wanted.add(new NewTopic(topics.users(), EVENT_PARTITIONS, replication).configs(compacted));
    wanted.add(new NewTopic(topics.deadLetters(), 1, replication).configs(events));
    wanted.add(new NewTopic(topics.evaluations(), 1, replication).configs(events));
    try (Admin admin = Admin.create(kafka.properties())) {
      for (var creation : admin.createTopics(wanted).values().entrySet()) {
        try {
          creation.getValue().get();
        } catch (ExecutionException e) {
          if (!Causes.include(e, TopicExistsException.class)) {
            throw new CommandFailed(
                "topic %s must be there or be made at %s: %s"
                    .formatted(creation.getKey(), kafka.brokers(), Causes.of(e)),
                e);
          }
        }
      }
      awaitKnown(admin, wanted.stream().map(NewTopic::name).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while topics were made at " + kafka.brokers(), e);
    }
  }

  // A topic that was just created is not known to every broker at once.
  private void awaitKnown(Admin admin, List<String> topics) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        admin.describeTopics(topics).allTopicNames().get();
        return;
      } catch (ExecutionException e) {
        if (!Causes.include(e, UnknownTopicOrPartitionException.class)
            || attempt == KNOWN_ATTEMPTS) {
          throw new CommandFailed(
              "topics must be known at %s after they were made: %s"
                  .formatted(kafka.brokers(), Causes.of(e)),
              e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(KNOWN_BACKOFF_MS));
      }
    }
  }

  /**
   * Partition counts of {@code topics}.
   *
   * @throws CommandFailed naming every one that does not exist
   */
  public Map<String, Integer> partitions(List<String> topics) {
    try (Admin admin = Admin.create(kafka.properties())) {
      Set<String> missing = new TreeSet<>(topics);
      missing.removeAll(admin.listTopics().names().get());
      if (!missing.isEmpty()) {
        throw new CommandFailed(
            "topics must exist at %s, and this principal must have the right to see them; missing: %s"
                .formatted(kafka.brokers(), String.join(", ", missing)));
      }
      Map<String, TopicDescription> described = admin.describeTopics(topics).allTopicNames().get();
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (String topic : topics) {
        TopicDescription description = described.get(topic);
        counts.put(topic, description == null ? 0 : description.partitions().size());
      }
      return counts;
    } catch (ExecutionException e) {
      throw new CommandFailed(
          "topics must be listed by Kafka at %s: %s".formatted(kafka.brokers(), Causes.of(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while topics were listed at " + kafka.brokers(), e);
    }
  }
}
