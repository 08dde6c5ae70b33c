package io.freshet.faults;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.kafka.KafkaAccess;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Sends a source's events, and goes on after every failure, until it is ended. */
final class Feed implements AutoCloseable {

  private static final Duration AGAIN = Duration.ofMillis(500);

  private final RoughSource source;
  private final KafkaAccess kafka;
  private final Map<String, Integer> partitions;
  private final Feeder.Plan plan;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Feeder feeder;
  private volatile Feeder.@Nullable Outcome outcome;
  private volatile long sent;

  /**
   * @param perSecond events
   */
  Feed(
      RoughSource source,
      KafkaAccess kafka,
      Map<String, Integer> partitions,
      double perSecond,
      long heartbeatMs) {
    this.source = source;
    this.kafka = kafka;
    this.partitions = partitions;
    this.plan = new Feeder.Plan(OptionalLong.empty(), perSecond, heartbeatMs, 0);
    this.thread = new Thread(this::run, "feed");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void run() {
    while (!closed && outcome == null) {
      Feeder next =
          new Feeder(
              source,
              kafka,
              partitions,
              plan,
              new SourceClock(),
              Feeder.Gate.OPEN,
              event -> sent = Math.max(sent, event.sourceIndex() + 1),
              null,
              FaultsClock::millis);
      feeder = next;
      try {
        outcome = next.run();
      } catch (CommandFailed e) {
        // The broker was away for longer than the producer waits: what it has is found again.
        FaultsClock.pass(AGAIN);
      }
    }
  }

  /** The index after the newest event that was sent. */
  long sent() {
    return sent;
  }

  /** Lets the source have no more events, and waits until everything was sent. */
  void end(Duration patience) {
    source.end();
    FaultsClock.await(
        patience, () -> "the source's last events must be sent", () -> outcome != null);
  }

  /** Promises the end of time again, to a job that has started anew meanwhile. */
  void promiseAgain() {
    Feeder last = feeder;
    if (last != null && outcome != null) {
      last.promiseAgain();
    }
  }

  @Override
  public void close() {
    closed = true;
    Feeder last = feeder;
    if (last != null) {
      last.stop();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
