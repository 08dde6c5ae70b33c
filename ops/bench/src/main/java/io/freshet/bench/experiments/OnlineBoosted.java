package io.freshet.bench.experiments;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.StepResult;
import io.freshet.learning.boosted.BoostedLearning;
import io.freshet.learning.gbnn.Task;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.GateSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.Batching;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Optimizers;
import io.freshet.scoring.settings.ModelSettings.Publishing;
import io.freshet.scoring.settings.ModelSettings.Regularization;
import io.freshet.scoring.settings.ModelSettings.Rounds;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.RankingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The learner of family {@code boosted-mlp} on declared numbers: by log loss where there are two
 * classes, by squared error for values, and where there are more classes one learner for each
 * against the rest, whose probabilities are divided by their sum.
 */
final class OnlineBoosted implements OnlineModel {

  private static final long START = 1_700_000_000_000L;
  private static final int ROUND = 4;

  /**
   * @param boosting blocks of each learner
   * @param rate of Adam on the blocks' weights
   */
  record Plan(Boosting boosting, double rate) {}

  private final List<Learner> learners = new ArrayList<>();
  private int steps;

  OnlineBoosted(Plan plan, TableStream stream, long seed) {
    BoostedLearning family =
        stream.task() == Task.REGRESSION ? BoostedLearning.ofValues() : new BoostedLearning();
    for (int k = 0; k < stream.outputs(); k++) {
      learners.add(family.create(settings(plan, stream.rows()[0].length, seed + 1_000L * k)));
    }
  }

  @Override
  public double learn(TableStream stream, int from, int to) {
    double[][] predicted = new double[learners.size()][to - from];
    double own = 0;
    steps++;
    for (int k = 0; k < learners.size(); k++) {
      double[] labels =
          learners.size() > 1
              ? OneAgainstRest.labels(stream, k, from, to)
              : Arrays.copyOfRange(stream.labels(), from, to);
      List<Example> batch = new ArrayList<>();
      for (int r = from; r < to; r++) {
        batch.add(example(r, stream.rows()[r], (float) labels[r - from]));
      }
      StepResult result = learners.get(k).train(batch);
      for (int i = 0; i < to - from; i++) {
        predicted[k][i] = result.predictions()[i];
      }
      own = result.loss() * (to - from);
      if (steps % ROUND == 0) {
        learners.get(k).endRound(START + to);
      }
    }
    return switch (stream.task()) {
      case BINARY -> own;
      case REGRESSION -> 2 * own;
      case MULTI_CLASS -> OneAgainstRest.loss(stream, from, to, predicted);
    };
  }

  @Override
  public void close() {
    learners.forEach(Learner::close);
  }

  private static Example example(int row, float[] numbers, float label) {
    EncodedExample features =
        new EncodedExample(
            new long[0],
            new long[0][],
            new long[0],
            new long[0],
            numbers,
            new long[0],
            new long[0][][],
            START + row);
    Example.Kind kind = label > 0 ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE;
    return new Example(row, features, new float[0], 0, label, 1, kind, START + row);
  }

  private static ModelSettings settings(Plan plan, int columns, long seed) {
    List<Feature> features = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      features.add(
          new Feature(
              "c" + c, List.of("item.c" + c), Use.NUMBER, 1, false, 1, 0, 1_000, List.of()));
    }
    return new ModelSettings(
        "boosted",
        "boosted-mlp",
        features,
        List.of(),
        new Attention(List.of(1), Activation.SIGMOID, Normalize.SOFTMAX),
        new Network(List.of(1), Activation.PRELU, false),
        plan.boosting(),
        RankingSettings.DEFAULT,
        new Regularization(0),
        new Optimizers(
            new Optimizer(OptimizerKind.ADAGRAD, 0.25, 100, 0, 0, 0.05),
            new Optimizer(OptimizerKind.ADAM, plan.rate(), 0, 0, 0, 0)),
        Calibration.NONE,
        new Batching(256, 1_000),
        new Rounds(ROUND),
        new Publishing(250, 60_000),
        GateSettings.DEFAULT,
        null,
        "java",
        Device.CPU,
        seed);
  }
}
