package io.freshet.bench;

import io.freshet.learning.Example;
import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.engine.CtrEngines;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Device;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long a step of the DIN learner of {@link LearnerBenchmark} takes on the processor and on a
 * GPU, by batch size: rows gathered from tables in the host's memory, the network, and both
 * optimisers. Both run in this process in turns; medians of the wall time. Without a GPU its
 * columns stay empty and the last line says why. Argument: index of the GPU.
 */
public final class DeviceBenchmark {

  private static final int[] BATCHES = {64, 256, 1_024, 4_096, 16_384};
  private static final int DIFFERENT = 4;
  private static final int WARM_UP = 8;
  private static final int LEAST_STEPS = 5;
  private static final int MOST_STEPS = 200;
  private static final long NANOS_EACH = 2_000_000_000L;

  private DeviceBenchmark() {}

  public static void main(String[] arguments) {
    int gpu = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    measure(gpu, System.out);
  }

  private static void measure(int gpu, PrintStream out) {
    String absence = CtrEngines.absence(gpu);
    out.printf(
        "%8s %14s %12s %10s %12s %12s%n",
        "batch", "processor ms", "examples/s", "GPU ms", "examples/s", "processor/GPU");
    for (int size : BATCHES) {
      List<List<Example>> batches = new ShopExamples(7).batches(DIFFERENT, size);
      try (Learner processor = learner(Device.CPU, Hardware.PROCESSOR)) {
        if (!absence.isEmpty()) {
          double ms = medianMs(batches, processor)[0];
          out.printf(
              Locale.ROOT,
              "%8d %14.2f %12.0f %10s %12s %12s%n",
              size,
              ms,
              1e3 * size / ms,
              "-",
              "-",
              "-");
          continue;
        }
        try (Learner device = learner(Device.GPU, Hardware.gpu(gpu))) {
          double[] ms = medianMs(batches, processor, device);
          out.printf(
              Locale.ROOT,
              "%8d %14.2f %12.0f %10.2f %12.0f %12.2f%n",
              size,
              ms[0],
              1e3 * size / ms[0],
              ms[1],
              1e3 * size / ms[1],
              ms[0] / ms[1]);
        }
      }
    }
    out.println(absence.isEmpty() ? "GPU " + gpu + " was measured" : "no GPU measured: " + absence);
  }

  private static Learner learner(Device device, Hardware hardware) {
    ModelSettings settings = LearnerBenchmark.full("djl", device);
    return LearnerFamilies.named(settings.family()).create(settings, hardware);
  }

  private static double[] medianMs(List<List<Example>> batches, Learner... learners) {
    double[][] ms = new double[learners.length][MOST_STEPS];
    long began = System.nanoTime();
    int steps = -WARM_UP;
    while (steps < LEAST_STEPS
        || steps < MOST_STEPS && System.nanoTime() - began < NANOS_EACH * learners.length) {
      List<Example> batch = batches.get(Math.floorMod(steps, batches.size()));
      for (int l = 0; l < learners.length; l++) {
        long start = System.nanoTime();
        learners[l].train(batch);
        if (steps >= 0) {
          ms[l][steps] = (System.nanoTime() - start) / 1e6;
        }
      }
      steps++;
    }
    double[] medians = new double[learners.length];
    for (int l = 0; l < medians.length; l++) {
      double[] measured = Arrays.copyOf(ms[l], steps);
      Arrays.sort(measured);
      medians[l] = measured[measured.length / 2];
    }
    return medians;
  }
}
