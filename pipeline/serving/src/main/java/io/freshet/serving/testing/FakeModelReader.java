package io.freshet.serving.testing;

import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.serving.Effort;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.ReaderStats;
import io.freshet.serving.Refusal;
import io.freshet.serving.Scorer;
import io.freshet.serving.Scores;
import io.freshet.serving.Served;
import io.freshet.serving.StaleModel;
import io.freshet.serving.Swap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A reader that a test conducts: which version it serves, how stale that is, and what each
 * candidate's probability is. It keeps the promises of {@link ModelReader}: nothing to score with
 * before the first version, a refusal beyond the staleness limit, a callback on every swap, nothing
 * after {@link #close}.
 */
public final class FakeModelReader implements ModelReader {

  private final ToDoubleFunction<Instance> probability;
  private final List<Consumer<Served>> beforeCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Swap>> swapCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Refusal>> refusalCallbacks = new CopyOnWriteArrayList<>();
  private @Nullable VersionFacts facts;
  private @Nullable Memory memory;
  private @Nullable Duration stalenessLimit;
  private Duration staleness = Duration.ZERO;
  private List<Prefix> prefixes = List.of();
  private long nanosPerUnit;
  private boolean matches = true;
  private boolean closed;
  private long swaps;

  /** What {@link #read} gives. */
  private record Memory(ModelSettings settings, ModelState state) {

    Served served(VersionFacts facts, Duration staleness) {
      return new Served(
          facts,
          facts.eventTime() + staleness.toMillis(),
          state,
          ScorerFamilies.named(settings.family()).scorer(settings, state));
    }
  }

  /**
   * @param probability of each candidate; candidates scored by id come with empty attributes and
   *     histories
   */
  public FakeModelReader(ToDoubleFunction<Instance> probability) {
    this.probability = probability;
  }

  /**
   * As {@link #publish()}, with a state for who reads the version itself; probabilities stay what
   * they are.
   */
  public synchronized Version publish(ModelSettings settings, ModelState state) {
    return publish(new Memory(settings, state));
  }

  /** Serves the next version, number 1 first, and calls back. */
  public synchronized Version publish() {
    return publish(memory);
  }

  private Version publish(@Nullable Memory next) {
    VersionFacts before = facts;
    Version version = new Version(1, before == null ? 1 : before.version().number() + 1);
    VersionFacts now =
        new VersionFacts(
            version,
            before == null ? null : before.version(),
            before == null ? HashValue.EMPTY : before.stateHash(),
            new HashValue(1, version.number()),
            version.number(),
            0,
            Map.of(),
            Map.of(),
            Map.of(),
            "passed",
            next == null ? "{}" : ModelSettingsJson.write(next.settings()),
            0,
            "fake",
            "fake");
    if (next != null) {
      Served coming = next.served(now, staleness);
      beforeCallbacks.forEach(callback -> callback.accept(coming));
    }
    memory = next;
    facts = now;
    swaps++;
    Swap swap = new Swap(now, before == null ? Swap.Way.REBUILT : Swap.Way.DELTA, 0, 0, 0);
    swapCallbacks.forEach(callback -> callback.accept(swap));
    return version;
  }

  /** Reports something as refused. */
  public synchronized void refuse(@Nullable Version version, String reason) {
    refusalCallbacks.forEach(callback -> callback.accept(new Refusal(version, reason)));
  }

  /** Every score from now on is this stale. */
  public synchronized void setStaleness(Duration staleness) {
    this.staleness = staleness;
  }

  /** Scoring beyond this is refused; null = never. */
  public synchronized void setStalenessLimit(@Nullable Duration limit) {
    this.stalenessLimit = limit;
  }

  /**
   * The model offers these prefixes of its network from now on, or none; probabilities stay what
   * they are.
   *
   * @param prefixes shortest first
   * @param perUnit what a unit takes of a budget of time
   */
  public synchronized void setPrefixes(List<Prefix> prefixes, Duration perUnit) {
    this.prefixes = List.copyOf(prefixes);
    this.nanosPerUnit = perUnit.toNanos();
  }

  /** What {@link #matches} says from now on. */
  public synchronized void setMatches(boolean matches) {
    this.matches = matches;
  }

  @Override
  public String model() {
    return "fake";
  }

  @Override
  public Scorer scorer() {
    return new Scorer() {
      @Override
      public Scores score(List<Instance> instances, Effort effort) {
        return FakeModelReader.this.score(instances, effort);
      }

      @Override
      public Scores score(
          String userId, List<String> itemIds, Map<String, Object> context, Effort effort) {
        List<Instance> instances = new ArrayList<>(itemIds.size());
        for (String itemId : itemIds) {
          instances.add(
              new Instance(
                  itemId, Map.of(), userId.isEmpty() ? null : userId, context, 0, 0, Map.of()));
        }
        return score(instances, effort);
      }
    };
  }

  @Override
  public <T> T read(Function<Served, T> work) {
    return work.apply(present());
  }

  private synchronized Served present() {
    VersionFacts served = fresh();
    Memory present = memory;
    if (present == null) {
      throw new IllegalStateException("a fake must have published a state to be read, it has none");
    }
    return present.served(served, staleness);
  }

  private VersionFacts fresh() {
    VersionFacts served = served();
    Duration limit = stalenessLimit;
    if (limit != null && staleness.compareTo(limit) > 0) {
      throw new StaleModel(
          "the fake's staleness must be within %s, it is %s".formatted(limit, staleness));
    }
    return served;
  }

  private synchronized Scores score(List<Instance> instances, Effort effort) {
    VersionFacts served = fresh();
    float[] probabilities = new float[instances.size()];
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      double p = probability.applyAsDouble(instances.get(i));
      probabilities[i] = (float) p;
      logits[i] = (float) Math.log(p / (1 - p));
    }
    return new Scores(served.version(), staleness, probabilities, logits, false, prefix(effort));
  }

  private @Nullable Prefix prefix(Effort effort) {
    if (prefixes.isEmpty()) {
      return null;
    }
    Prefix reached = prefixes.get(0);
    if (effort.kind() == Effort.Kind.UNITS && effort.amount() < reached.units()) {
      throw new IllegalArgumentException(
          "units must be at least those of the shortest prefix, %d, got %d"
              .formatted(reached.units(), effort.amount()));
    }
    for (Prefix next : prefixes) {
      boolean affordable =
          switch (effort.kind()) {
            case WHOLE -> true;
            case UNITS -> next.units() <= effort.amount();
            case TIME -> next.units() * nanosPerUnit <= effort.amount();
          };
      reached = affordable ? next : reached;
    }
    return reached;
  }

  private VersionFacts served() {
    if (closed || facts == null) {
      throw new NoVersion(closed ? "the fake is closed" : "the fake has published nothing yet");
    }
    return facts;
  }

  @Override
  public synchronized Version awaitFirst(Duration timeout) {
    return served().version();
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
  public synchronized boolean matches() {
    return facts != null && matches;
  }

  @Override
  public synchronized Duration staleness() {
    served();
    return staleness;
  }

  @Override
  public synchronized ReaderStats stats() {
    return new ReaderStats(
        ReaderStats.Mode.FOLLOWING, facts, swaps, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, null);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
