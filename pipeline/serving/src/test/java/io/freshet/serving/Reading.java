package io.freshet.serving;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A follower on the test's own thread, with everything that it reported. */
final class Reading implements ReaderEvents {

  private static final int MOST_STEPS = 1000;

  final ServingPair pair = new ServingPair();
  final List<Swap> swaps = new ArrayList<>();
  final List<Refusal> refusals = new ArrayList<>();

  /** What paces the scrub; it stands still unless a test moves it. */
  final AtomicLong nanos = new AtomicLong();

  @Nullable String unreachable;
  int gaps;
  int heals;
  private final Follower follower;
  private final LogFeed feed;

  Reading(InMemoryModelLog log) {
    this(log, Isolation.SPECULATIVE, null, new UniformModel());
  }

  Reading(InMemoryModelLog log, Isolation isolation, @Nullable Version pinned, ScoringModel model) {
    this(log, pinned == null ? options(isolation) : options(isolation).withPinned(pinned), model);
  }

  Reading(InMemoryModelLog log, ReaderOptions options, ScoringModel model) {
    this(log.feed(), options, model);
  }

  Reading(LogFeed feed, ReaderOptions options, ScoringModel model) {
    this.feed = feed;
    this.follower = new Follower(feed, settings -> model, pair, options, nanos::get, this);
  }

  static ReaderOptions options(Isolation isolation) {
    return ReaderOptions.of(Map.of(), "din", isolation).withFeatures(0, 0);
  }

  /** Reads to the end of the log, rebuilding where that is due. */
  Reading toTheEnd() {
    int steps = 0;
    do {
      follower.step(Duration.ZERO);
      if (++steps > MOST_STEPS) {
        throw new AssertionError("the follower must come to an end, it has met " + reasons());
      }
    } while (feed.position() < feed.end());
    follower.step(Duration.ZERO);
    return this;
  }

  @Nullable Version version() {
    Side active = pair.active();
    return active == null ? null : active.facts().version();
  }

  /** The one value of the served state. */
  float value() {
    return new PairScorer(
            pair, FeatureLookup.NONE, options(Isolation.SPECULATIVE), nanos::get, () -> "nothing")
        .score(UniformModel.any())
        .of(0);
  }

  boolean matches() {
    Side active = pair.active();
    return active != null && active.computeHash().equals(active.facts().stateHash());
  }

  /** How the last swap came about. */
  Swap.Way way() {
    return swaps.get(swaps.size() - 1).way();
  }

  Counts counts() {
    return follower.counts();
  }

  ReaderStats.Mode mode() {
    return follower.mode();
  }

  @Override
  public void swapped(Swap swap) {
    swaps.add(swap);
  }

  @Override
  public void refused(Refusal refusal, boolean gap) {
    refusals.add(refusal);
    gaps += gap ? 1 : 0;
  }

  @Override
  public void healed(VersionFacts facts) {
    heals++;
  }

  @Override
  public void unreachable(String problem) {
    unreachable = problem;
  }

  String reasons() {
    return refusals.toString();
  }
}
