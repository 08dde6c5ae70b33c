package io.freshet.cli.run;

import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.Percentiles;
import io.freshet.cli.report.RunReport;
import io.freshet.cli.report.ServedFreshness;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.ReaderStats;
import io.freshet.serving.Scores;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A serving process in small: follows one model's log and scores what is being shown, all the time,
 * so that what is said of freshness happened. On a thread of its own.
 */
final class ServingProbe implements AutoCloseable {

  private static final long SCORE_EVERY_MS = 50;
  static final long SILENCE_MS = 2_000;
  private static final int USERS = 50_000;
  private static final int ITEMS = 50_000;

  private final String model;
  private final Isolation isolation;
  private final ModelReader reader;
  private final SourceClock clock;
  private final RecentRequests requests;
  private final ServedFreshness freshness;
  private final LongSupplier wallTime;
  private final Percentiles staleness = new Percentiles();
  private final Percentiles scoringNanos = new Percentiles();
  private final RecentVersions proven = new RecentVersions();
  private final RecentVersions refused = new RecentVersions();
  private final Semaphore swapped = new Semaphore(0);
  private final Thread thread;

  private volatile boolean closed;
  private volatile @Nullable Long firstScoreAt;
  private volatile @Nullable Long currentStaleness;
  private volatile @Nullable Boolean matches;

  ServingProbe(
      KafkaAccess kafka,
      String model,
      Isolation isolation,
      SourceClock clock,
      RecentRequests requests,
      ServedFreshness freshness,
      LongSupplier wallTime) {
    this.model = model;
    this.isolation = isolation;
    this.clock = clock;
    this.requests = requests;
    this.freshness = freshness;
    this.wallTime = wallTime;
    this.reader =
        ModelReader.open(
            ReaderOptions.of(kafka.client(), model, isolation)
                .withPrefix(kafka.topics().prefix())
                .withSourceClock(() -> clock.eventTime().orElse(0))
                .withFeatures(USERS, ITEMS));
    this.reader.onSwap(
        swap -> {
          proven.add(swap.facts().version());
          swapped.release();
        });
    this.reader.onRefusal(
        refusal -> {
          if (refusal.version() != null) {
            refused.add(refusal.version());
          }
        });
    this.thread = new Thread(this::run, "freshet-probe-" + model);
    this.thread.setDaemon(true);
  }

  ServingProbe start() {
    thread.start();
    return this;
  }

  private void run() {
    while (!closed) {
      try {
        if (swapped.tryAcquire(SCORE_EVERY_MS, TimeUnit.MILLISECONDS)) {
          swapped.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
      score();
    }
  }

  private void score() {
    RecentRequests.Request request = requests.next();
    // The version that scores is this one or a later one, which has learnt at least as much.
    VersionFacts facts = reader.stats().facts();
    if (request == null || facts == null) {
      return;
    }
    try {
      long before = System.nanoTime();
      Scores scores = reader.scorer().score(request.userId(), request.itemIds(), request.context());
      checkScores(scores);
      scoringNanos.add(System.nanoTime() - before);
      long now = wallTime.getAsLong();
      if (firstScoreAt == null) {
        firstScoreAt = now;
      }
      freshness.served(model, facts.eventTime(), now);
      OptionalLong stale = clock.staleness(facts.eventTime(), now, SILENCE_MS);
      if (stale.isPresent()) {
        staleness.add(stale.getAsLong());
        currentStaleness = stale.getAsLong();
      }
    } catch (NoVersion e) {
      // Between two states there may be none to score with; the next one is waited for.
      swapped.drainPermits();
    }
  }

  private void checkScores(Scores scores) {
    for (int i = 0; i < scores.size(); i++) {
      if (!(scores.of(i) >= 0 && scores.of(i) <= 1)) {
        throw new IllegalStateException(
            "a score of %s must be a probability, got %s by version %s"
                .formatted(model, scores.of(i), scores.version()));
      }
    }
  }

  /** Waits until the reader serves {@code version} or a later one; whether it does. */
  boolean awaitVersion(long number, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      VersionFacts facts = reader.stats().facts();
      if (facts != null && facts.version().number() >= number) {
        return true;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
    return false;
  }

  /** Computes the hash of all that the reader holds and remembers whether it is the manifest's. */
  boolean verify() {
    boolean same = reader.matches();
    matches = same;
    return same;
  }

  /**
   * Whether the reader computed this version's hash from its own memory, or found another; null
   * when it went past it or has not come to it.
   */
  @Nullable Boolean proven(Version version) {
    if (proven.contains(version)) {
      return true;
    }
    return refused.contains(version) ? Boolean.FALSE : null;
  }

  String model() {
    return model;
  }

  ModelReader reader() {
    return reader;
  }

  ReaderStats stats() {
    return reader.stats();
  }

  /** Wall time of the first score; null before. */
  @Nullable Long firstScoreAt() {
    return firstScoreAt;
  }

  /** Milliseconds at the last score; null before. */
  @Nullable Long currentStaleness() {
    return currentStaleness;
  }

  Percentiles scoringNanos() {
    return scoringNanos;
  }

  RunReport.Reader report() {
    ReaderStats stats = reader.stats();
    VersionFacts facts = stats.facts();
    return new RunReport.Reader(
        model,
        isolation.name().toLowerCase(Locale.ROOT),
        facts == null ? null : facts.version().number(),
        facts == null ? null : facts.version().epoch(),
        facts == null ? null : facts.stateHash().toString(),
        matches,
        staleness.at(0.5),
        staleness.at(0.99),
        stats.swaps(),
        stats.gaps(),
        stats.heals(),
        stats.undos(),
        stats.scrubs(),
        stats.findings(),
        stats.foreign(),
        stats.staleRefused(),
        stats.staleDefaulted());
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reader.close();
  }
}
