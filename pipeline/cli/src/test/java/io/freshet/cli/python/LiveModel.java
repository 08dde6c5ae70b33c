package io.freshet.cli.python;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.Prediction;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A learner whose every round becomes a version. Rounds are a function of settings and seed, so
 * that a second one that learns in silence is what a restart would be.
 */
final class LiveModel implements AutoCloseable {

  private static final int BATCH = 40;

  private final ModelSettings settings;
  private final Learner learner;
  private final FeatureEncoder encoder;
  private final Shoppers shoppers;
  private @Nullable ModelLog log;
  private @Nullable VersionFacts tip;
  private long epoch;
  private long number;
  private boolean whole;
  private long examples;
  private long deletions;

  LiveModel(ModelSettings settings, long seed) {
    this.settings = settings;
    this.learner = LearnerFamilies.named(settings.family()).create(settings);
    this.encoder = new FeatureEncoder(settings);
    this.shoppers = new Shoppers(seed);
  }

  /** Learns one round and says nothing of it. */
  LearnerDelta learn() {
    List<Example> batch = new ArrayList<>();
    long time = 0;
    for (Instance instance : shoppers.next(BATCH)) {
      EncodedExample features = encoder.encode(instance);
      Prediction prediction = learner.predict(features);
      float label = Math.floorMod(31 * ++examples + instance.itemId().length(), 5) < 2 ? 1 : 0;
      time = instance.eventTime();
      batch.add(
          new Example(
              examples,
              features,
              prediction.counters(),
              prediction.logit(),
              label,
              1,
              label > 0 ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
              time + 60_000));
    }
    learner.train(batch);
    learner.endRound(time);
    LearnerDelta changed = learner.drain();
    changed.serving().tables().forEach(rows -> deletions += rows.removed().length);
    return changed;
  }

  /** Takes the log over, from {@code base} or anew. */
  void claim(ModelLog taken, @Nullable VersionFacts base) {
    log = taken;
    epoch = taken.claim(base == null ? null : base.version(), hashOf(base));
    number = taken.highestNumber();
    tip = base;
  }

  /** The next version is the whole state, whatever was before. */
  void goOnWhole() {
    whole = true;
  }

  /** Learns one round and publishes it. */
  VersionFacts publish() {
    LearnerDelta changed = learn();
    boolean begins = whole || tip == null;
    VersionFacts facts = facts(new Version(epoch, ++number), begins ? null : tip);
    log().publish(facts, begins ? LearnerDelta.whole(learner.snapshot()) : changed);
    whole = false;
    tip = facts;
    return facts;
  }

  private VersionFacts facts(Version version, @Nullable VersionFacts parent) {
    Map<String, Long> rowCounts = new HashMap<>();
    learner.servingState().tables().forEach((name, t) -> rowCounts.put(name, (long) t.size()));
    return new VersionFacts(
        version,
        parent == null ? null : parent.version(),
        hashOf(parent),
        learner.servingHash(),
        learner.step(),
        Shoppers.START,
        rowCounts,
        Map.of(),
        Map.of(),
        "passed",
        ModelSettingsJson.write(settings),
        settings.seed(),
        learner.engine(),
        "test");
  }

  private static HashValue hashOf(@Nullable VersionFacts facts) {
    return facts == null ? HashValue.EMPTY : facts.stateHash();
  }

  /** An anchor of the newest version, or of the base while there is none. */
  void anchor() {
    VersionFacts facts = tip;
    if (facts == null) {
      throw new IllegalStateException("an anchor needs a version");
    }
    log().anchor(facts, learner.snapshot());
  }

  private ModelLog log() {
    ModelLog taken = log;
    if (taken == null) {
      throw new IllegalStateException("a log must be claimed before it is written");
    }
    return taken;
  }

  /** Rows that all rounds removed. */
  long deletions() {
    return deletions;
  }

  @Override
  public void close() {
    learner.close();
  }
}
