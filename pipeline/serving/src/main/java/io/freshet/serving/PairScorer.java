package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.AnytimeScorer;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Scores with whichever side is active, holding it for the length of a call. */
final class PairScorer implements Scorer {

  private final ServingPair pair;
  private final FeatureLookup features;
  private final LongSupplier sourceClock;
  private final LongSupplier nanoTime;
  private final @Nullable Duration stalenessLimit;
  private final @Nullable ToDoubleFunction<Instance> staleDefault;
  private final LongAdder refused = new LongAdder();
  private final LongAdder defaulted = new LongAdder();
  private final Supplier<String> whyNone;

  /**
   * @param options of which the source clock, the staleness limit and its default count here
   * @param nanoTime what budgets of time are measured with
   * @param whyNone says what was met while there is no version
   */
  PairScorer(
      ServingPair pair,
      FeatureLookup features,
      ReaderOptions options,
      LongSupplier nanoTime,
      Supplier<String> whyNone) {
    this.pair = pair;
    this.features = features;
    this.sourceClock = options.sourceClock();
    this.stalenessLimit = options.stalenessLimit();
    this.staleDefault = options.staleDefault();
    this.nanoTime = nanoTime;
    this.whyNone = whyNone;
  }

  @Override
  public Scores score(
      String userId, List<String> itemIds, Map<String, Object> context, Effort effort) {
    long began = nanoTime.getAsLong();
    long now = sourceClock.getAsLong();
    Map<String, List<HistoryEntry>> histories = features.histories(userId);
    List<Map<String, Object>> items = features.items(itemIds);
    List<Instance> instances = new ArrayList<>(itemIds.size());
    for (int i = 0; i < itemIds.size(); i++) {
      instances.add(
          new Instance(
              itemIds.get(i),
              items.get(i),
              userId.isEmpty() ? null : userId,
              context,
              0,
              now,
              histories));
    }
    return score(instances, effort, began);
  }

  @Override
  public Scores score(List<Instance> instances, Effort effort) {
    return score(instances, effort, nanoTime.getAsLong());
  }

  private Scores score(List<Instance> instances, Effort effort, long began) {
    Side side = enter();
    try {
      VersionFacts facts = side.facts();
      Duration staleness = staleness(facts, sourceClock);
      if (stalenessLimit != null && staleness.compareTo(stalenessLimit) > 0) {
        return tooStale(facts, staleness, stalenessLimit, instances);
      }
      EncodedExample[] candidates = side.model().encode(instances);
      io.freshet.scoring.Scorer scorer = side.borrow();
      float[] logits = new float[instances.size()];
      Prefix prefix = logits(scorer, candidates, logits, effort, began);
      float[] probabilities = calibrated(scorer, logits, prefix);
      side.giveBack(scorer);
      return new Scores(facts.version(), staleness, probabilities, logits, false, prefix);
    } finally {
      pair.leave(side);
    }
  }

  /** Does something with the active version, holding it for the length of the call. */
  <T> T read(Function<Served, T> work) {
    Side side = enter();
    try {
      io.freshet.scoring.Scorer scorer = side.borrow();
      Served served = Served.of(side, scorer, sourceClock);
      if (stalenessLimit != null && served.staleness().compareTo(stalenessLimit) > 0) {
        throw refusal(served.facts(), served.staleness(), stalenessLimit);
      }
      T result = work.apply(served);
      side.giveBack(scorer);
      return result;
    } finally {
      pair.leave(side);
    }
  }

  private Side enter() {
    Side side = pair.enter();
    if (side == null) {
      throw new NoVersion(whyNone.get());
    }
    return side;
  }

  /** Writes the logits and says by which prefix; null where the model has none. */
  private @Nullable Prefix logits(
      io.freshet.scoring.Scorer scorer,
      EncodedExample[] candidates,
      float[] out,
      Effort effort,
      long began) {
    if (!(scorer instanceof AnytimeScorer anytime)) {
      scorer.logits(candidates, out);
      return null;
    }
    return switch (effort.kind()) {
      case WHOLE -> {
        anytime.logits(candidates, out);
        List<Prefix> prefixes = anytime.prefixes();
        yield prefixes.get(prefixes.size() - 1);
      }
      case UNITS -> anytime.logits(candidates, out, (int) effort.amount());
      case TIME ->
          anytime.logits(
              candidates, out, effort.amount() - (nanoTime.getAsLong() - began), nanoTime);
    };
  }

  private static float[] calibrated(
      io.freshet.scoring.Scorer scorer, float[] logits, @Nullable Prefix prefix) {
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] =
          prefix != null && scorer instanceof AnytimeScorer anytime
              ? anytime.calibrate(logits[i], prefix)
              : scorer.calibrate(logits[i]);
    }
    return probabilities;
  }

  /** Answers without the model, which is staler than it may be. */
  private Scores tooStale(
      VersionFacts facts, Duration staleness, Duration limit, List<Instance> instances) {
    if (staleDefault == null) {
      throw refusal(facts, staleness, limit);
    }
    defaulted.increment();
    float[] probabilities = new float[instances.size()];
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      double probability = staleDefault.applyAsDouble(instances.get(i));
      probabilities[i] = (float) probability;
      logits[i] = (float) StrictMath.log(probability / (1 - probability));
    }
    return new Scores(facts.version(), staleness, probabilities, logits, true, null);
  }

  private StaleModel refusal(VersionFacts facts, Duration staleness, Duration limit) {
    refused.increment();
    return new StaleModel(
        "the version to score with must have learnt up to %d ms ago at most, %s is %d ms behind"
            .formatted(limit.toMillis(), facts.version(), staleness.toMillis()));
  }

  /** Calls that were refused beyond the staleness limit. */
  long refused() {
    return refused.sum();
  }

  /** Calls that were answered with the declared default beyond the staleness limit. */
  long defaulted() {
    return defaulted.sum();
  }

  /** Never negative: a version cannot know more than the stream's present. */
  static Duration staleness(VersionFacts facts, LongSupplier sourceClock) {
    return Duration.ofMillis(Math.max(0, sourceClock.getAsLong() - facts.eventTime()));
  }
}
