package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scores with whichever side is active, holding it for the length of a call. */
final class PairScorer implements Scorer {

  private final ServingPair pair;
  private final FeatureLookup features;
  private final LongSupplier sourceClock;
  private final @Nullable Duration stalenessLimit;
  private final Supplier<String> whyNone;

  /**
   * @param whyNone says what was met while there is no version
   */
  PairScorer(
      ServingPair pair,
      FeatureLookup features,
      LongSupplier sourceClock,
      @Nullable Duration stalenessLimit,
      Supplier<String> whyNone) {
    this.pair = pair;
    this.features = features;
    this.sourceClock = sourceClock;
    this.stalenessLimit = stalenessLimit;
    this.whyNone = whyNone;
  }

  @Override
  public Scores score(String userId, List<String> itemIds, Map<String, Object> context) {
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
    return score(instances);
  }

  @Override
  public Scores score(List<Instance> instances) {
    Side side = pair.enter();
    if (side == null) {
      throw new NoVersion(whyNone.get());
    }
    try {
      VersionFacts facts = side.facts();
      Duration staleness = staleness(facts);
      EncodedExample[] candidates = side.model().encode(instances);
      io.freshet.scoring.Scorer scorer = side.borrow();
      float[] logits = new float[instances.size()];
      float[] probabilities = new float[logits.length];
      scorer.logits(candidates, logits);
      for (int i = 0; i < logits.length; i++) {
        probabilities[i] = scorer.calibrate(logits[i]);
      }
      side.giveBack(scorer);
      return new Scores(facts.version(), staleness, probabilities, logits);
    } finally {
      pair.leave(side);
    }
  }

  private Duration staleness(VersionFacts facts) {
    Duration staleness = staleness(facts, sourceClock);
    if (stalenessLimit != null && staleness.compareTo(stalenessLimit) > 0) {
      throw new StaleModel(
          "the version to score with must have learnt up to %d ms ago at most, %s is %d ms behind"
              .formatted(stalenessLimit.toMillis(), facts.version(), staleness.toMillis()));
    }
    return staleness;
  }

  /** Never negative: a version cannot know more than the stream's present. */
  static Duration staleness(VersionFacts facts, LongSupplier sourceClock) {
    return Duration.ofMillis(Math.max(0, sourceClock.getAsLong() - facts.eventTime()));
  }
}
