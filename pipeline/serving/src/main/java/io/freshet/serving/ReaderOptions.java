package io.freshet.serving;

import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ModelReader} reads and what it refuses.
 *
 * @param kafka client properties, at least {@code bootstrap.servers}
 * @param pinned the only version that may be served; null = the freshest
 * @param stalenessLimit scoring is refused beyond it; null = never
 * @param sourceClock the stream's present time, milliseconds since 1970 UTC: the wall clock for a
 *     live stream, the last event time or heartbeat for a replay
 * @param undoLimit how much a speculative reader keeps back for undoing
 * @param scrubPeriod within which all of the served memory is looked at again; zero = never
 * @param maxUsers histories kept in memory, least recently used ones go first; 0 = no feature
 *     lookup
 * @param maxItems attributes kept in memory, likewise
 */
public record ReaderOptions(
    Map<String, ?> kafka,
    TopicNames names,
    Isolation isolation,
    @Nullable Version pinned,
    @Nullable Duration stalenessLimit,
    LongSupplier sourceClock,
    UndoLimit undoLimit,
    Duration scrubPeriod,
    int maxUsers,
    int maxItems) {

  private static final int DEFAULT_USERS = 1_000_000;
  private static final int DEFAULT_ITEMS = 1_000_000;
  private static final Duration DEFAULT_SCRUB_PERIOD = Duration.ofSeconds(60);

  public ReaderOptions {
    if (scrubPeriod.isNegative()) {
      throw new IllegalArgumentException(
          "the period of a scrub must be 0 or more, got " + scrubPeriod);
    }
  }

  /**
   * The freshest version, no limit, the wall clock, features from their topics, topics without a
   * prefix.
   */
  public static ReaderOptions of(Map<String, ?> kafka, String model, Isolation isolation) {
    return new ReaderOptions(
        kafka,
        new TopicNames("", model),
        isolation,
        null,
        null,
        InstantSource.system()::millis,
        UndoLimit.DEFAULT,
        DEFAULT_SCRUB_PERIOD,
        DEFAULT_USERS,
        DEFAULT_ITEMS);
  }

  /** With topics whose names begin with {@code prefix}. */
  public ReaderOptions withPrefix(String prefix) {
    return new ReaderOptions(
        kafka,
        new TopicNames(prefix, names.model()),
        isolation,
        pinned,
        stalenessLimit,
        sourceClock,
        undoLimit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Of another model, or served name, of the same installation. */
  public ReaderOptions withModel(String model) {
    return new ReaderOptions(
        kafka,
        new TopicNames(names.prefix(), model),
        isolation,
        pinned,
        stalenessLimit,
        sourceClock,
        undoLimit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Serving {@code version} alone. */
  public ReaderOptions withPinned(Version version) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        version,
        stalenessLimit,
        sourceClock,
        undoLimit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Refusing to score with a version that is staler than {@code limit}. */
  public ReaderOptions withStalenessLimit(Duration limit) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        pinned,
        limit,
        sourceClock,
        undoLimit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Measuring staleness against {@code clock}, milliseconds since 1970 UTC. */
  public ReaderOptions withSourceClock(LongSupplier clock) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        pinned,
        stalenessLimit,
        clock,
        undoLimit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Keeping at most so many users and items in memory; 0 users = no feature lookup. */
  public ReaderOptions withFeatures(int users, int items) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        pinned,
        stalenessLimit,
        sourceClock,
        undoLimit,
        scrubPeriod,
        users,
        items);
  }

  /**
   * Keeping back so much of what speculative versions replace, to undo those a claim takes back.
   */
  public ReaderOptions withUndoLimit(UndoLimit limit) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        pinned,
        stalenessLimit,
        sourceClock,
        limit,
        scrubPeriod,
        maxUsers,
        maxItems);
  }

  /** Looking at all of the served memory again within {@code period}; zero = never. */
  public ReaderOptions withScrubPeriod(Duration period) {
    return new ReaderOptions(
        kafka,
        names,
        isolation,
        pinned,
        stalenessLimit,
        sourceClock,
        undoLimit,
        period,
        maxUsers,
        maxItems);
  }
}
