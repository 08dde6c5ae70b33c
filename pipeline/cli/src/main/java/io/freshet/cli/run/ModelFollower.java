package io.freshet.cli.run;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.LogWatch;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.TopicNames;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Keeps a {@link LogWatch} up to date, on a thread of its own. */
final class ModelFollower implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final LogWatch watch = new LogWatch();
  private final KafkaAccess kafka;
  private final TopicNames names;
  private final Thread thread;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;
  private volatile boolean closed;

  ModelFollower(KafkaAccess kafka, String model) {
    this.kafka = kafka;
    this.names = new TopicNames(kafka.topics().prefix(), model);
    this.thread = new Thread(this::run, "freshet-log-" + model);
    this.thread.setDaemon(true);
  }

  ModelFollower start() {
    thread.start();
    return this;
  }

  LogWatch watch() {
    return watch;
  }

  private void run() {
    try (LogFeed feed = KafkaModelLog.feed(kafka.client(), names)) {
      long end = Long.MAX_VALUE;
      while (!closed) {
        if (draining && end == Long.MAX_VALUE) {
          end = feed.end();
        }
        watch.step(feed, POLL);
        if (feed.position() >= end) {
          drained.complete(null);
          return;
        }
      }
    } catch (RuntimeException e) {
      drained.completeExceptionally(e);
    }
  }

  /** Reads what the log holds now and ends. */
  void drain() {
    draining = true;
    drained.join();
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
