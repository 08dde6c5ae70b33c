package io.freshet.modellog;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A model's log in Kafka. */
public final class KafkaModelLog {

  private KafkaModelLog() {}

  /**
   * A new attempt at writing. Creates the topics that are missing, and checks those that are there.
   *
   * @param kafka client properties, at least {@code bootstrap.servers}
   * @param rewind whether the claim may retract committed versions
   * @throws BrokenLog if a topic must not be used as it is configured, or the brokers do not answer
   */
  public static ModelLog open(
      Map<String, ?> kafka, TopicNames names, InstantSource clock, boolean rewind) {
    return open(kafka, names, clock, rewind, ProtocolPoints.NONE);
  }

  /**
   * As {@link #open(Map, TopicNames, InstantSource, boolean)}.
   *
   * @param points are told how far the writer has come
   */
  public static ModelLog open(
      Map<String, ?> kafka,
      TopicNames names,
      InstantSource clock,
      boolean rewind,
      ProtocolPoints points) {
    new LogTopics(kafka).ensure(names);
    KafkaMedium medium = new KafkaMedium(kafka, names);
    ExecutorService background =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "freshet-anchors-" + names.model());
              thread.setDaemon(true);
              return thread;
            });
    return new LogWriter(
        names.model(),
        medium,
        clock,
        rewind,
        points,
        new AnchorWriter(names.model(), medium, clock, points, background));
  }

  /**
   * A reader's view, at the log's beginning.
   *
   * @throws BrokenLog if the model has no log at these brokers
   */
  public static LogFeed feed(Map<String, ?> kafka, TopicNames names) {
    return new KafkaLogFeed(kafka, names);
  }
}
