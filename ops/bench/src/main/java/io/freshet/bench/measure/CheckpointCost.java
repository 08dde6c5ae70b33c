package io.freshet.bench.measure;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.modellog.Cut;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.RowTable;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What versions and checkpoints cost the learner's thread, by the size of the model: a DIN with
 * rows of 16 floats, 1,000 examples/s with 17 clicks each, a version every 250 ms and a checkpoint
 * a second, in the middle between two versions. The log is in memory, so that the time is that of
 * draining, hashing and encoding.
 */
public final class CheckpointCost {

  private static final int EXAMPLES = 250;
  private static final int HISTORY = 17;
  private static final int WARM_UP = 10;
  private static final int SECONDS = 40;
  private static final long START = 1_700_000_000_000L;

  private final Random random = new Random(1);
  private final int rows;
  private final Learner learner;
  private final ModelLog log;
  private final long epoch;
  private long time = START;
  private long number;
  private @Nullable VersionFacts parent;

  private CheckpointCost(int rows) {
    this.rows = rows;
    ModelSettings settings = LogBytes.settings();
    LearnerFamily family = LearnerFamilies.named(settings.family());
    LearnerState state;
    try (Learner small = family.create(settings)) {
      state = small.snapshot();
    }
    fill(state);
    this.learner = family.resume(settings, state);
    this.log = new InMemoryModelLog(settings.name(), InstantSource.system()).open();
    this.epoch = log.claim(null, HashValue.EMPTY);
  }

  /**
   * @param arguments numbers of rows
   */
  public static void main(String[] arguments) {
    int[] sizes =
        arguments.length == 0
            ? new int[] {20_000, 2_000_000}
            : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    for (int rows : sizes) {
      new CheckpointCost(rows).measure(System.out);
    }
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

  private void measure(PrintStream out) {
    publish(LearnerDelta.whole(learner.snapshot()));
    List<Double> versions = new ArrayList<>();
    List<Double> checkpoints = new ArrayList<>();
    for (int second = 0; second < WARM_UP + SECONDS; second++) {
      for (int part = 0; part < 4; part++) {
        learn(EXAMPLES / 2);
        if (part == 0) {
          long from = System.nanoTime();
          Cut cut = log.cut(learner.undrained(), learner.step());
          add(second, from, checkpoints);
          if (!cut.stateHash().equals(learner.undrained().servingHash())) {
            throw new IllegalStateException("a cut must have the learner's hash");
          }
        }
        learn(EXAMPLES / 2);
        long from = System.nanoTime();
        publish(learner.drain());
        add(second, from, versions);
      }
    }
    long from = System.nanoTime();
    LearnerState copy = learner.snapshot();
    double snapshot = (System.nanoTime() - from) / 1e6;
    out.printf("rows: %,d%n", copy.serving().table("item").size());
    show(out, "a version", versions);
    show(out, "a checkpoint", checkpoints);
    out.printf("  copying the state for an anchor: %.1f ms%n", snapshot);
    learner.close();
    log.close();
  }

  private static void add(int second, long from, List<Double> to) {
    if (second >= WARM_UP) {
      to.add((System.nanoTime() - from) / 1e6);
    }
  }

  private static void show(PrintStream out, String what, List<Double> ms) {
    ms.sort(null);
    out.printf(
        "  %s: %.2f ms in the middle, %.2f ms at most%n",
        what, ms.get(ms.size() / 2), ms.get(ms.size() - 1));
  }

  private void publish(LearnerDelta delta) {
    VersionFacts before = parent;
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
            "{}",
            1,
            learner.engine(),
            "measure");
    log.publish(facts, delta);
    parent = facts;
  }

  private void learn(int count) {
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
}
