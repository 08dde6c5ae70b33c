package io.freshet.modellog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of models, and refuses those whose settings would lose versions. */
final class LogTopics {

  private static final int TIMEOUT_SECONDS = 30;
  private static final int DESCRIBE_ATTEMPTS = 200;
  private static final int DESCRIBE_BACKOFF_MS = 50;
  private static final Map<String, String> KEPT =
      Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1");
  private static final Map<String, String> COMPACTED = Map.of("cleanup.policy", "compact");

  /** Only whole segments that are not being written go away, so they must not be large. */
  private static final String SEGMENT_BYTES = String.valueOf(32 << 20);

  private final Map<String, ?> kafka;

  LogTopics(Map<String, ?> kafka) {
    this.kafka = kafka;
  }

  /**
   * @throws BrokenLog naming everything that is wrong
   */
  void ensure(TopicNames names) {
    Map<String, Map<String, String>> wanted =
        Map.of(
            names.log(), KEPT,
            names.anchors(), COMPACTED,
            names.slots(), KEPT,
            names.index(), COMPACTED,
            names.decisions(), COMPACTED,
            names.commands(), KEPT);
    try (Admin admin = Admin.create(new HashMap<>(kafka))) {
      create(admin, wanted);
      check(admin, wanted);
    }
  }

  private void create(Admin admin, Map<String, Map<String, String>> wanted) {
    Set<String> existing = get(admin.listTopics().names());
    List<NewTopic> missing = new ArrayList<>();
    wanted.forEach(
        (name, needed) -> {
          if (!existing.contains(name)) {
            Map<String, String> configs = new HashMap<>(needed);
            configs.put("segment.bytes", SEGMENT_BYTES);
            missing.add(
                new NewTopic(name, Optional.of(1), Optional.<Short>empty()).configs(configs));
          }
        });
    for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
      try {
        get(created);
      } catch (BrokenLog e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private void check(Admin admin, Map<String, Map<String, String>> wanted) {
    List<String> problems = new ArrayList<>();
    Map<String, TopicDescription> topics = describe(admin, wanted.keySet());
    topics.forEach(
        (name, topic) -> {
          if (topic.partitions().size() != 1) {
            problems.add(
                "%s must have one partition, it has %d".formatted(name, topic.partitions().size()));
          }
        });
    List<ConfigResource> resources =
        wanted.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<ConfigResource, Config> configs = get(admin.describeConfigs(resources).all());
    configs.forEach(
        (resource, config) ->
            wanted
                .getOrDefault(resource.name(), Map.of())
                .forEach(
                    (key, value) -> {
                      ConfigEntry entry = config.get(key);
                      String actual = entry == null ? "" : entry.value();
                      if (!value.equals(actual)) {
                        problems.add(
                            "%s must have %s=%s, it has %s"
                                .formatted(resource.name(), key, value, actual));
                      }
                    }));
    if (!problems.isEmpty()) {
      problems.sort(null);
      throw new BrokenLog(
          "versions would get lost: %s (change it with kafka-configs, or use another prefix)"
              .formatted(String.join("; ", problems)));
    }
  }

  /** Deletes the records of a topic of one partition before an offset. */
  void deleteBefore(String topic, long offset) {
    try (Admin admin = Admin.create(new HashMap<>(kafka))) {
      get(
          admin
              .deleteRecords(
                  Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
              .all());
    }
  }

  // A topic that was just created is not known to every broker at once.
  private Map<String, TopicDescription> describe(Admin admin, Set<String> names) {
    for (int attempt = 1; ; attempt++) {
      try {
        return get(admin.describeTopics(names).allTopicNames());
      } catch (BrokenLog e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || attempt == DESCRIBE_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DESCRIBE_BACKOFF_MS));
      }
    }
  }

  private <T> T get(KafkaFuture<T> future) {
    String brokers = String.valueOf(kafka.get("bootstrap.servers"));
    try {
      return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenLog("interrupted while asking the brokers " + brokers, e);
    } catch (TimeoutException e) {
      throw new BrokenLog(
          "brokers at %s must answer within %d s, they did not".formatted(brokers, TIMEOUT_SECONDS),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BrokenLog(
          "brokers at %s must do what the model log needs: %s"
              .formatted(brokers, cause.getMessage()),
          cause);
    } catch (KafkaException e) {
      throw new BrokenLog("brokers at %s: %s".formatted(brokers, e.getMessage()), e);
    }
  }
}
