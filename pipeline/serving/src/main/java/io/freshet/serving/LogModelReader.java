package io.freshet.serving;

import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Follower} on a thread of its own, opened again after every failure of the transport. */
final class LogModelReader implements ModelReader, ReaderEvents {

  private static final Logger LOG = LoggerFactory.getLogger(LogModelReader.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final ReaderOptions options;
  private final Supplier<LogFeed> feeds;
  private final Function<String, ScoringModel> models;
  private final @Nullable KafkaFeatureLookup features;
  private final ServingPair pair = new ServingPair(this::announce);
  private final PairScorer scorer;
  private final List<Consumer<Served>> beforeCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Swap>> swapCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Refusal>> refusalCallbacks = new CopyOnWriteArrayList<>();
  private final Thread thread;

  // Of the thread alone.
  private @Nullable Follower follower;

  private final Life life = new Life();

  // Guarded by it.
  private final Tally tally = new Tally();
  private @Nullable String unreachable;

  static LogModelReader open(ReaderOptions options) {
    KafkaFeatureLookup features = options.maxUsers() == 0 ? null : KafkaFeatureLookup.open(options);
    return open(
        options,
        () -> KafkaModelLog.feed(options.kafka(), options.names()),
        ScoringModel::of,
        features);
  }

  /** With the transport and the making of scorers given. */
  static LogModelReader open(
      ReaderOptions options,
      Supplier<LogFeed> feeds,
      Function<String, ScoringModel> models,
      @Nullable KafkaFeatureLookup features) {
    LogModelReader reader = new LogModelReader(options, feeds, models, features);
    reader.thread.start();
    return reader;
  }

  private LogModelReader(
      ReaderOptions options,
      Supplier<LogFeed> feeds,
      Function<String, ScoringModel> models,
      @Nullable KafkaFeatureLookup features) {
    this.options = options;
    this.feeds = feeds;
    this.models = models;
    this.features = features;
    this.scorer =
        new PairScorer(
            pair,
            features == null ? FeatureLookup.NONE : features,
            options,
            new ReaderClock(),
            this::whyNone);
    this.thread = new Thread(this::run, "freshet-reader-" + options.names().model());
    this.thread.setDaemon(true);
  }

  private void run() {
    while (life.isOpen()) {
      try (LogFeed feed = feeds.get()) {
        Follower present = new Follower(feed, models, pair, options, new ReaderClock(), this);
        follower = present;
        while (life.isOpen()) {
          present.step(POLL);
          update(tally -> tally.note(present));
        }
      } catch (RuntimeException e) {
        // Whatever the transport met, what is served stays, and the reader tries again until it is
        // closed.
        follower = null;
        update(Tally::ended);
        LOG.debug("The reader of {} starts again", options.names().log(), e);
        refused(new Refusal(null, String.valueOf(e.getMessage())), false);
        life.pause(RETRY);
      }
    }
  }

  private void update(Consumer<Tally> change) {
    life.change(() -> change.accept(tally));
  }

  private void announce(Side next) {
    if (!beforeCallbacks.isEmpty()) {
      io.freshet.scoring.Scorer scorer = next.borrow();
      call(beforeCallbacks, Served.of(next, scorer, options.sourceClock()));
      next.giveBack(scorer);
    }
  }

  @Override
  public void swapped(Swap swap) {
    Follower present = follower;
    update(
        tally -> {
          if (present != null) {
            tally.note(present);
          }
          tally.swapped(swap);
        });
    call(swapCallbacks, swap);
  }

  @Override
  public void refused(Refusal refusal, boolean gap) {
    String problem =
        refusal.version() == null
            ? refusal.reason()
            : "version %s: %s".formatted(refusal.version(), refusal.reason());
    if (!problem.equals(stats().lastProblem())) {
      LOG.warn("{}: {}", options.names().log(), problem);
    }
    update(tally -> tally.refused(problem, gap));
    call(refusalCallbacks, refusal);
  }

  @Override
  public void healed(VersionFacts facts) {
    LOG.info("{}: healed at version {}", options.names().log(), facts.version());
    update(Tally::healed);
  }

  @Override
  public void unreachable(String problem) {
    life.change(() -> unreachable = problem);
  }

  private <T> void call(List<Consumer<T>> callbacks, T event) {
    for (Consumer<T> callback : callbacks) {
      try {
        callback.accept(event);
      } catch (RuntimeException e) {
        LOG.error("{}: a callback failed, reading goes on", options.names().log(), e);
      }
    }
  }

  @Override
  public String model() {
    return options.names().model();
  }

  @Override
  public Scorer scorer() {
    return scorer;
  }

  @Override
  public <T> T read(Function<Served, T> work) {
    return scorer.read(work);
  }

  @Override
  public Version awaitFirst(Duration timeout) {
    Duration left = features == null ? timeout : features.awaitCaughtUp(timeout);
    try {
      life.await(() -> tally.stats(scorer).facts() != null || unreachable != null, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoVersion("interrupted while waiting for " + options.names().log());
    }
    VersionFacts facts = stats().facts();
    if (facts == null) {
      throw new NoVersion(life.see(() -> unreachable == null ? whyNone() : unreachable));
    }
    return facts.version();
  }

  private String whyNone() {
    ReaderStats now = stats();
    return "%s must hold a version to score with; %s"
        .formatted(
            options.names().log(),
            now.lastProblem() == null ? "none has come so far" : now.lastProblem());
  }

  @Override
  public void beforeSwap(Consumer<Served> callback) {
    beforeCallbacks.add(callback);
  }

  @Override
  public void onSwap(Consumer<Swap> callback) {
    swapCallbacks.add(callback);
  }

  @Override
  public void onRefusal(Consumer<Refusal> callback) {
    refusalCallbacks.add(callback);
  }

  @Override
  public boolean matches() {
    Side side = pair.enter();
    if (side == null) {
      return false;
    }
    try {
      return side.computeHash().equals(side.facts().stateHash());
    } finally {
      pair.leave(side);
    }
  }

  @Override
  public Duration staleness() {
    VersionFacts facts = stats().facts();
    if (facts == null) {
      throw new NoVersion(whyNone());
    }
    return PairScorer.staleness(facts, options.sourceClock());
  }

  @Override
  public ReaderStats stats() {
    return life.see(() -> tally.stats(scorer));
  }

  @Override
  public void close() {
    life.end(thread);
    if (features != null) {
      features.close();
    }
  }
}
