package io.freshet.bench.measure;

import io.freshet.learning.Learner;
import io.freshet.modellog.Cut;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.scoring.state.LearnerState;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What versions and checkpoints cost the learner's thread, by the size of the model: a DIN with
 * rows of 16 floats, 1,000 examples/s with 17 clicks each, a version every 250 ms and a checkpoint
 * a second, in the middle between two versions. The log is in memory, so that the time is that of
 * draining, hashing and encoding.
 */
public final class CheckpointCost {

  private static final int EXAMPLES = 250;
  private static final int WARM_UP = 10;
  private static final int SECONDS = 40;

  /**
   * @param arguments numbers of rows
   */
  public static void main(String[] arguments) {
    int[] sizes =
        arguments.length == 0
            ? new int[] {20_000, 2_000_000}
            : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    for (int rows : sizes) {
      ModelLog log =
          new InMemoryModelLog(LogBytes.settings().name(), InstantSource.system()).open();
      try (BigLearner big = new BigLearner(rows, log)) {
        measure(big, System.out);
      }
    }
  }

  private CheckpointCost() {}

  private static void measure(BigLearner big, PrintStream out) {
    Learner learner = big.learner();
    List<Double> versions = new ArrayList<>();
    List<Double> checkpoints = new ArrayList<>();
    for (int second = 0; second < WARM_UP + SECONDS; second++) {
      for (int part = 0; part < 4; part++) {
        big.learn(EXAMPLES / 2);
        if (part == 0) {
          long from = System.nanoTime();
          Cut cut = big.log().cut(learner.undrained(), learner.step());
          add(second, from, checkpoints);
          if (!cut.stateHash().equals(learner.undrained().servingHash())) {
            throw new IllegalStateException("a cut must have the learner's hash");
          }
        }
        big.learn(EXAMPLES / 2);
        long from = System.nanoTime();
        big.publish();
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
}
