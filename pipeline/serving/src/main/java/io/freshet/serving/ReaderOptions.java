package io.freshet.serving;

import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.scoring.feature.Instance;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ModelReader} reads and what it refuses.
 *
 * @param kafka client properties, at least {@code bootstrap.servers}
 * @param stalenessLimit beyond it no model scores; null = never
 * @param staleDefault probability of a candidate beyond the limit; null = scoring is refused there
 * @param sourceClock the stream's present time, milliseconds since 1970 UTC: the wall clock for a
 *     live stream, the last event time or heartbeat for a replay
 * @param undoLimit how much a speculative reader of the freshest version keeps back for undoing
 * @param scrubPeriod within which all of the served memory is looked at again; zero = never
 * @param maxUsers histories kept in memory, least recently used ones go first; 0 = no feature
 *     lookup
 * @param maxItems attributes kept in memory, likewise
 */
public record ReaderOptions(
    Map<String, ?> kafka,
    TopicNames names,
    Isolation isolation,
    Target target,
    @Nullable Duration stalenessLimit,
    @Nullable ToDoubleFunction<Instance> staleDefault,
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
        Target.FRESHEST,
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
    Draft draft = new Draft(this);
    draft.names = new TopicNames(prefix, names.model());
    return draft.options();
  }

  /** Of another model, or served name, of the same installation. */
  public ReaderOptions withModel(String model) {
    Draft draft = new Draft(this);
    draft.names = new TopicNames(names.prefix(), model);
    return draft.options();
  }

  /** Serving {@code version} alone. */
  public ReaderOptions withPinned(Version version) {
    return withTarget(Target.version(version));
  }

  /** Serving what {@code target} asks for. */
  public ReaderOptions withTarget(Target wanted) {
    Draft draft = new Draft(this);
    draft.target = wanted;
    return draft.options();
  }

  /** Refusing to score with a version that is staler than {@code limit}. */
  public ReaderOptions withStalenessLimit(Duration limit) {
    Draft draft = new Draft(this);
    draft.stalenessLimit = limit;
    draft.staleDefault = null;
    return draft.options();
  }

  /**
   * Answering with {@code probability}, between 0 and 1, where the version is staler than {@code
   * limit}; {@link Scores#isDefault} tells.
   */
  public ReaderOptions withStaleDefault(Duration limit, double probability) {
    if (!(probability > 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the default beyond the staleness limit must lie between 0 and 1, got " + probability);
    }
    return withStaleDefault(limit, candidate -> probability);
  }

  /** As {@link #withStaleDefault(Duration, double)}, with a probability of each candidate. */
  public ReaderOptions withStaleDefault(Duration limit, ToDoubleFunction<Instance> probability) {
    Draft draft = new Draft(this);
    draft.stalenessLimit = limit;
    draft.staleDefault = probability;
    return draft.options();
  }

  /** Measuring staleness against {@code clock}, milliseconds since 1970 UTC. */
  public ReaderOptions withSourceClock(LongSupplier clock) {
    Draft draft = new Draft(this);
    draft.sourceClock = clock;
    return draft.options();
  }

  /** Keeping back so much of what speculative versions replace, to undo what a claim takes back. */
  public ReaderOptions withUndoLimit(UndoLimit limit) {
    Draft draft = new Draft(this);
    draft.undoLimit = limit;
    return draft.options();
  }

  /** Looking at all of the served memory again within {@code period}; zero = never. */
  public ReaderOptions withScrubPeriod(Duration period) {
    Draft draft = new Draft(this);
    draft.scrubPeriod = period;
    return draft.options();
  }

  /** Keeping at most so many users and items in memory; 0 users = no feature lookup. */
  public ReaderOptions withFeatures(int users, int items) {
    Draft draft = new Draft(this);
    draft.maxUsers = users;
    draft.maxItems = items;
    return draft.options();
  }

  /** Options of which some are about to change. */
  private static final class Draft {

    private final Map<String, ?> kafka;
    private final Isolation isolation;
    private TopicNames names;
    private Target target;
    private @Nullable Duration stalenessLimit;
    private @Nullable ToDoubleFunction<Instance> staleDefault;
    private LongSupplier sourceClock;
    private UndoLimit undoLimit;
    private Duration scrubPeriod;
    private int maxUsers;
    private int maxItems;

    Draft(ReaderOptions from) {
      kafka = from.kafka;
      isolation = from.isolation;
      names = from.names;
      target = from.target;
      stalenessLimit = from.stalenessLimit;
      staleDefault = from.staleDefault;
      sourceClock = from.sourceClock;
      undoLimit = from.undoLimit;
      scrubPeriod = from.scrubPeriod;
      maxUsers = from.maxUsers;
      maxItems = from.maxItems;
    }

    ReaderOptions options() {
      return new ReaderOptions(
          kafka,
          names,
          isolation,
          target,
          stalenessLimit,
          staleDefault,
          sourceClock,
          undoLimit,
          scrubPeriod,
          maxUsers,
          maxItems);
    }
  }
}
