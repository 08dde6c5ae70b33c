package io.freshet.bench.measure;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.TopicNames;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** A reader that begins to follow a model's log once it is there. Confined to one thread. */
final class Followed implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final long POLL_NANOS = 50_000_000;

  private final KafkaAccess kafka;
  private final String model;
  private @Nullable ModelReader reader;

  Followed(KafkaAccess kafka, String model) {
    this.kafka = kafka;
    this.model = model;
  }

  /** Begins if it can and has not. */
  void follow() {
    if (reader != null) {
      return;
    }
    TopicNames names = new TopicNames("", model);
    try (Admin admin = Admin.create(kafka.properties())) {
      if (admin
          .listTopics()
          .names()
          .get()
          .containsAll(List.of(names.log(), names.anchors(), names.index()))) {
        reader = ModelReader.open(kafka.client(), model, Isolation.SPECULATIVE);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka must list its topics: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until there is a log of {@code model}, and a version in it. */
  static void awaitVersion(KafkaAccess kafka, String model) {
    try (Followed followed = new Followed(kafka, model)) {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (followed.reader == null && System.nanoTime() < until) {
        followed.follow();
        LockSupport.parkNanos(POLL_NANOS);
      }
      followed.provenSwaps();
    }
  }

  /**
   * How many versions it has served.
   *
   * @throws IllegalStateException unless it holds what its version's manifest says
   */
  long provenSwaps() {
    ModelReader current = reader;
    if (current == null) {
      throw new IllegalStateException("there must be a log of " + model + " to follow");
    }
    current.awaitFirst(PATIENCE);
    if (!current.matches()) {
      throw new IllegalStateException(
          "the reader of %s must hold what its manifest says, its hash differs".formatted(model));
    }
    return current.stats().swaps();
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
