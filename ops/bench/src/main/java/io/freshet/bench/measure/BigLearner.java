package io.freshet.bench.measure;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.modellog.Cut;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A DIN with many rows of 16 floats from the start, and its log. Examples have 17 clicks each, of
 * items that are equally likely, and follow each other by a millisecond.
 */
final class BigLearner implements AutoCloseable {

  private static final int HISTORY = 17;
  private static final long START = 1_700_000_000_000L;

  private final Random random = new Random(1);
  private final int rows;
  private final Learner learner;
  private final ModelLog log;
  private final long epoch;
  private long time = START;
  private long number;
  private @Nullable VersionFacts newest;

  /**
   * @param log to be claimed, and closed with the learner
   */
  BigLearner(int rows, ModelLog log) {
    this.rows = rows;
    ModelSettings settings = LogBytes.settings();
    LearnerFamily family = LearnerFamilies.named(settings.family());
    LearnerState state;
    try (Learner small = family.create(settings)) {
      state = small.snapshot();
    }
    fill(state);
    this.learner = family.resume(settings, state);
    this.log = log;
    this.epoch = log.claim(null, HashValue.EMPTY);
    publish(LearnerDelta.whole(learner.snapshot()));
  }

  Learner learner() {
    return learner;
  }

  ModelLog log() {
    return log;
  }

  /** Publishes what was learnt since the last version. */
  void publish() {
    publish(learner.drain());
  }

  /** A checkpoint that completes at once: everything published so far is committed. */
  Cut checkpoint() {
    Cut cut = log.cut(learner.undrained(), learner.step());
    log.commit(java.util.Objects.requireNonNull(newest).version());
    return cut;
  }

  /** Asks for an anchor of the newest version, as of which nothing must have been learnt. */
  void anchor() {
    log.anchor(java.util.Objects.requireNonNull(newest), learner.snapshot());
  }

  private void fill(LearnerState state) {
    RowTable values = state.serving().table("item");
    RowTable slots = state.own().table("item");
    for (int i = 0; i < rows; i++) {
      int row = values.findOrInsert(id(i));
      for (int f = 0; f < values.width(); f++) {
        values.values(row)[values.valueOffset(row) + f] = 0.05f * (random.nextFloat() - 0.5f);
      }
      int beside = slots.findOrInsert(id(i));
      for (int f = 0; f < slots.width(); f++) {
        slots.values(beside)[slots.valueOffset(beside) + f] = 1;
      }
    }
  }

  private void publish(LearnerDelta delta) {
    VersionFacts before = newest;
    VersionFacts facts =
        new VersionFacts(
            new Version(epoch, ++number),
            before == null ? null : before.version(),
            before == null ? HashValue.EMPTY : before.stateHash(),
            delta.servingHash(),
            learner.step(),
            time,
            Map.of("item", (long) learner.servingState().table("item").size()),
            Map.of(),
            Map.of(),
            "passed",
            ModelSettingsJson.write(LogBytes.settings()),
            1,
            learner.engine(),
            "measure");
    log.publish(facts, delta);
    newest = facts;
  }

  /** One step and the end of its round. */
  void learn(int count) {
    List<Example> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long[] clicked = new long[HISTORY];
      Arrays.setAll(clicked, at -> id(random.nextInt(rows)));
      time++;
      EncodedExample features =
          new EncodedExample(
              new long[] {id(random.nextInt(rows))},
              new long[0][],
              new long[0],
              new long[0],
              new float[0],
              new long[0],
              new long[][][] {{clicked}},
              time);
      Prediction prediction = learner.predict(features);
      boolean click = random.nextInt(4) == 0;
      batch.add(
          new Example(
              time,
              features,
              prediction.counters(),
              prediction.logit(),
              click ? 1 : 0,
              1,
              click ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
              time));
    }
    learner.train(batch);
    learner.endRound(time);
  }

  private static long id(int item) {
    return Ids.of("item" + item);
  }

  @Override
  public void close() {
    learner.close();
    log.close();
  }
}
