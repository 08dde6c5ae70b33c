package io.freshet.bench.experiments;

import io.freshet.bench.experiments.NoiseRun.Plan;
import io.freshet.bench.experiments.NoiseRun.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The MNIST experiment of arXiv 1511.06807 (table 1): starts with and without gradient noise.
 * Arguments: the command as people write it, MNIST's folder, the page, runs of a cell, steps.
 */
public final class NoiseExperiment {

  private static final int BATCH = 32;
  private static final double RATE = 0.1;
  private static final double CLIP = 10;
  private static final double ETA = 0.01;
  private static final int ALL = 60_000;

  /** The paper's best and average test accuracy in %, clip 10; without noise, then with it. */
  private record Published(Start start, String name, String without, String with) {}

  private static final List<Published> PUBLISHED =
      List.of(
          new Published(Start.GOOD, "good: N(0, 2/in) (He et al.)", "97.4 / 91.7", "97.2 / 91.7"),
          new Published(Start.SIMPLE, "simple: N(0, 0.1²)", "95.7 / 51.6", "97.0 / 53.6"),
          new Published(Start.ZERO, "zero", "11.4 / 10.1", "94.5 / 49.7"));

  private NoiseExperiment() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      throw new IllegalArgumentException(
          "arguments must be COMMAND MNIST PAGE RUNS STEPS, got " + List.of(arguments));
    }
    Path data = Path.of(arguments[1]);
    int runs = Integer.parseInt(arguments[3]);
    Plan plan = new Plan(Integer.parseInt(arguments[4]), BATCH, RATE, CLIP, ETA);
    Images train = Images.read(data, "train", ALL);
    Images test = Images.read(data, "t10k", ALL);
    double[][] without = new double[PUBLISHED.size()][0];
    double[][] with = new double[PUBLISHED.size()][0];
    for (int run = 1; run <= runs; run++) {
      for (int p = 0; p < PUBLISHED.size(); p++) {
        Start start = PUBLISHED.get(p).start();
        without[p] = with(without[p], accuracy(plan, train, test, start, false, run));
        with[p] = with(with[p], accuracy(plan, train, test, start, true, run));
      }
      if (run > 1) {
        String text = text(arguments[0], plan, run) + rows(without, with);
        Page.replace(Path.of(arguments[2]), "noise", text);
      }
    }
  }

  private static double accuracy(
      Plan plan, Images train, Images test, Start start, boolean noisy, int run) {
    NoiseRun training = new NoiseRun(plan, train, start, run);
    training.train(run, noisy);
    double accuracy = 100 * training.accuracy(test);
    System.err.printf("%s %s run %d: %.2f %%%n", start, noisy ? "noise" : "plain", run, accuracy);
    return accuracy;
  }

  private static double[] with(double[] values, double next) {
    double[] more = Arrays.copyOf(values, values.length + 1);
    more[values.length] = next;
    return more;
  }

  private static String rows(double[][] without, double[][] with) {
    StringBuilder rows = new StringBuilder();
    for (int p = 0; p < PUBLISHED.size(); p++) {
      Published published = PUBLISHED.get(p);
      rows.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  published.name(),
                  published.without(),
                  text(without[p]),
                  published.with(),
                  text(with[p])));
    }
    return rows.toString();
  }

  private static String text(double[] accuracies) {
    double best = Arrays.stream(accuracies).max().orElse(0);
    return Page.number(best, 1) + " / " + Page.spread(accuracies, 1);
  }

  private static String text(String command, Plan plan, int runs) {
    return """
        ## Gradient noise on a deep plain network

        `%s`

        MNIST, %d hidden layers of %d ReLU units, softmax, plain SGD (Neelakantan et al., arXiv 1511.06807, table 1). Ours:
        all 60,000 training images, batches of %d drawn with replacement, %,d steps (%.1f passes), rate %s, gradients clipped
        to norm %s, noise of variance %s/(1+t)^0.55, seeds 1 to %d. The paper: 40 runs, half of them at rate 0.01, its batch
        and length not given; so the ordering is comparable, not each figure. Test accuracy in %%, best / average (ours: ± sample standard
        deviation over runs):

        | start | paper, no noise | ours, no noise | paper, noise | ours, noise |
        |---|---|---|---|---|
        """
        .formatted(
            command,
            NoiseRun.DEPTH,
            NoiseRun.WIDTH,
            plan.batch(),
            plan.steps(),
            (double) plan.steps() * plan.batch() / ALL,
            plan.rate(),
            plan.clip(),
            plan.eta(),
            runs);
  }
}
