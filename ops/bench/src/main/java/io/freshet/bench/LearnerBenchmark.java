package io.freshet.bench;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.Prediction;
import io.freshet.scoring.settings.GateSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.Batching;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Optimizers;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Publishing;
import io.freshet.scoring.settings.ModelSettings.Regularization;
import io.freshet.scoring.settings.ModelSettings.Rounds;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.RankingSettings;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many examples a DIN learner trains on per second of its thread's CPU time, beside the usual
 * padded DJL loop. All learners run in this process, one slice after the other in turns, so that
 * they meet the same machine; medians over slices.
 *
 * <p>Batches of 256; histories of 17 positions in the mean and 50 at most; 100,000 items and 1,000
 * categories of 16 floats; attention 128-80-40-1, top 97-200-80-1. Argument: slices for each
 * learner.
 */
public final class LearnerBenchmark {

  private static final int BATCH = 256;
  private static final int STEPS_PER_SLICE = 20;
  private static final int WARM_UP_SLICES = 8;

  private LearnerBenchmark() {}

  /** One learner and what its slices measured, in examples per second. */
  private static final class Runner {

    private final String name;
    private final Learner learner;
    private final boolean predicts;
    private final List<Double> perCpuSecond = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();

    Runner(String name, ModelSettings settings, boolean predicts) {
      this.name = name;
      this.learner = LearnerFamilies.named(settings.family()).create(settings);
      this.predicts = predicts;
    }

    void slice(List<List<Example>> batches, int from, boolean counts) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long cpu = threads.getCurrentThreadCpuTime();
      long wall = System.nanoTime();
      for (int step = 0; step < STEPS_PER_SLICE; step++) {
        List<Example> batch = batches.get((from + step) % batches.size());
        learner.train(predicts ? predicted(batch) : batch);
        learner.endRound(batch.get(0).readyTime());
      }
      double examples = (double) STEPS_PER_SLICE * BATCH;
      if (counts) {
        perCpuSecond.add(examples / (threads.getCurrentThreadCpuTime() - cpu) * 1e9);
        perSecond.add(examples / (System.nanoTime() - wall) * 1e9);
      }
    }

    /** Every example is predicted before it is trained on, as in a stream. */
    private List<Example> predicted(List<Example> batch) {
      List<Example> predicted = new ArrayList<>(batch.size());
      for (Example example : batch) {
        Prediction prediction = learner.predict(example.features());
        predicted.add(
            new Example(
                example.id(),
                example.features(),
                prediction.counters(),
                prediction.logit(),
                example.label(),
                example.weight(),
                example.kind(),
                example.readyTime()));
      }
      return predicted;
    }

    double median() {
      return LearnerBenchmark.median(perCpuSecond);
    }
  }

  public static void main(String[] arguments) {
    int slices = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    measure(slices, System.out);
  }

  private static void measure(int slices, PrintStream out) {
    List<List<Example>> batches = new ShopExamples(7).batches(64, BATCH);
    List<Runner> runners =
        List.of(
            new Runner("padded DJL", plain("djl-padded"), false),
            new Runner("Freshet on DJL", plain("djl"), false),
            new Runner("+ Dice, regularisation, calibration", full("djl", Device.CPU), false),
            new Runner("+ honest prediction", full("djl", Device.CPU), true));
    for (int slice = -WARM_UP_SLICES; slice < slices; slice++) {
      for (Runner runner : runners) {
        runner.slice(batches, Math.floorMod(slice * STEPS_PER_SLICE, batches.size()), slice >= 0);
      }
    }
    out.printf("%-40s %15s %12s %7s%n", "learner", "ex/s of CPU", "ex/s", "ratio");
    for (Runner runner : runners) {
      out.printf(
          "%-40s %15.0f %12.0f %7.2f%n",
          runner.name,
          runner.median(),
          median(runner.perSecond),
          runner.median() / runners.get(0).median());
      runner.learner.close();
    }
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static ModelSettings plain(String engine) {
    return settings(engine, Device.CPU, Activation.SIGMOID, 0, Calibration.NONE);
  }

  static ModelSettings full(String engine, Device device) {
    return settings(engine, device, Activation.DICE, 1e-4, Calibration.PLATT);
  }

  private static ModelSettings settings(
      String engine, Device device, Activation activation, double lambda, Calibration calibration) {
    return new ModelSettings(
        "bench",
        "din",
        List.of(id("item", "item.id"), id("category", "item.category")),
        List.of(new History("clicked", List.of("item", "category"), List.of("click"), 50)),
        new Attention(List.of(80, 40), activation, Normalize.SOFTMAX),
        new Network(List.of(200, 80), activation, false),
        new Boosting(1, 1, Sums.NEWTON, Outputs.GRADIENT, 0, 1, 1, 1, 0, 0, List.of(1.0)),
        RankingSettings.DEFAULT,
        new Regularization(lambda),
        new Optimizers(
            new Optimizer(OptimizerKind.ADAGRAD, 0.25, 100, 0, 0, 0.05),
            new Optimizer(OptimizerKind.ADAM, 0.005, 0, 0, 0, 0)),
        calibration,
        new Batching(BATCH, 1_000),
        new Rounds(4),
        new Publishing(250, 60_000),
        GateSettings.DEFAULT,
        null,
        engine,
        device,
        1);
  }

  private static Feature id(String name, String from) {
    return new Feature(name, List.of(from), Use.ID, 16, false, 1, 0, 1_000_000, List.of());
  }
}
