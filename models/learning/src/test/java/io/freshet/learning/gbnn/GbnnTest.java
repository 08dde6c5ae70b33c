package io.freshet.learning.gbnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GbnnTest {

  private static final int ROWS = 300;
  private static final GbnnSettings SMALL = new GbnnSettings(12, 2, 0.3, 0.5, 60, 1e-4, 1);

  private static Columns inputs(Random random, int rows, int width) {
    double[][] columns = new double[width][rows];
    for (double[] column : columns) {
      Arrays.setAll(column, r -> random.nextGaussian());
    }
    return new Columns(rows, columns);
  }

  /** Labels that depend on the first two columns, not linearly. */
  private static double[] labels(Task task, Columns x) {
    double[] labels = new double[x.rows()];
    for (int r = 0; r < labels.length; r++) {
      double a = x.columns()[0][r];
      double b = x.columns()[1][r];
      labels[r] =
          switch (task) {
            case REGRESSION -> Math.sin(2 * a) + b * b / 2;
            case BINARY -> a * b > 0 ? 1 : 0;
            case MULTI_CLASS -> a * b > 0 ? (a > 0 ? 2 : 1) : 0;
          };
    }
    return labels;
  }

  private static double loss(Gbnn model, Columns x, double[] labels, int blocks) {
    double[][] scores = model.scores(x, blocks);
    return model.task().residuals(labels, scores, new double[scores.length][x.rows()]);
  }

  @Test
  void theGradientOfABlocksFitIsThatOfFiniteDifferences() {
    Random random = new Random(1);
    Columns x = inputs(random, 20, 3);
    double[][] targets = new double[2][20];
    for (double[] target : targets) {
      Arrays.setAll(target, r -> random.nextGaussian());
    }
    BlockFit fit = new BlockFit(x, targets, 3, 0.1);
    double[] at = fit.start(7);
    double[] gradient = new double[at.length];
    fit.at(at, gradient);
    double[] ignored = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double[] moved = at.clone();
      moved[i] += 1e-5;
      double above = fit.at(moved, ignored);
      moved[i] -= 2e-5;
      double below = fit.at(moved, ignored);
      assertThat(gradient[i]).as("%d", i).isCloseTo((above - below) / 2e-5, within(1e-8));
    }
  }

  @Test
  void residualsAndNewtonsStepAreDerivativesOfTheLoss() {
    Random random = new Random(2);
    for (Task task : Task.values()) {
      Columns x = inputs(random, 30, 2);
      double[] labels = labels(task, x);
      int outputs = task.outputs(labels);
      double[][] scores = inputs(random, 30, outputs).columns();
      double[][] f = inputs(random, 30, outputs).columns();
      double[][] residuals = new double[outputs][30];
      double[][] ignored = new double[outputs][30];
      double h = 1e-4;
      double[] along = new double[3];
      for (int i = -1; i <= 1; i++) {
        double[][] moved = new double[outputs][];
        for (int k = 0; k < outputs; k++) {
          moved[k] = scores[k].clone();
          Block.addScaled(i * h, f[k], moved[k]);
        }
        along[i + 1] = 30 * task.residuals(labels, moved, ignored);
      }
      task.residuals(labels, scores, residuals);
      double slope = 0;
      for (int k = 0; k < outputs; k++) {
        for (int r = 0; r < 30; r++) {
          slope -= residuals[k][r] * f[k][r];
        }
      }
      assertThat(slope).as("%s", task).isCloseTo((along[2] - along[0]) / (2 * h), within(1e-5));
      if (task == Task.BINARY) {
        double curvature = (along[2] - 2 * along[1] + along[0]) / (h * h);
        assertThat(task.newton(labels, residuals, f))
            .isCloseTo(-slope / curvature, within(1e-4 * Math.abs(slope / curvature)));
      }
    }
  }

  /** The authors' step for classes takes the softmax's curvature by its diagonal alone. */
  @Test
  void theStepOfClassesIsByTheDiagonalOfTheCurvature() {
    double[][] residuals = {{0.75}, {-0.25}, {-0.5}};
    double[][] f = {{2}, {1}, {-1}};
    double slope = 0.75 * 2 - 0.25 + 0.5;
    double curvature = 4 * 0.25 * 0.75 + 0.25 * 0.75 + 0.5 * 0.5;
    assertThat(Task.MULTI_CLASS.newton(new double[] {0}, residuals, f))
        .isCloseTo(slope / curvature, within(1e-12));
  }

  @Test
  void everyTaskIsLearntBlockByBlockAndOnRowsNotSeen() {
    for (Task task : Task.values()) {
      Columns x = inputs(new Random(3), ROWS, 4);
      double[] labels = labels(task, x);
      Gbnn model =
          new GbnnTrainer(new GbnnSettings(60, 3, 0.3, 0.5, 100, 1e-4, 1)).train(task, x, labels);
      assertThat(model.blocks()).hasSize(20);
      double last = Double.POSITIVE_INFINITY;
      for (int count = 0; count <= 20; count++) {
        double loss = loss(model, x, labels, count);
        assertThat(loss).as("%s, %d blocks", task, count).isLessThanOrEqualTo(last + 1e-12);
        last = loss;
      }
      Columns fresh = inputs(new Random(4), ROWS, 4);
      double[] truth = labels(task, fresh);
      assertThat(loss(model, fresh, truth, 20))
          .as("%s", task)
          .isLessThan(0.5 * loss(model, fresh, truth, 0));
    }
  }

  @Test
  void theMergedNetworkIsTheSumOfBlocksAtEveryPrefix() {
    for (Task task : Task.values()) {
      Columns x = inputs(new Random(5), ROWS, 4);
      Gbnn model = new GbnnTrainer(SMALL).train(task, x, labels(task, x));
      for (int count : new int[] {0, 1, 3, 6}) {
        Block merged = model.merged(count);
        assertThat(merged.units()).isEqualTo(2 * count);
        double[][] sum = model.scores(x, count);
        double[][] one = merged.outputs(x);
        for (int k = 0; k < sum.length; k++) {
          assertThat(one[k]).as("%s, %d", task, count).containsExactly(sum[k], within(1e-9));
        }
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
    Columns x = inputs(new Random(6), ROWS, 3);
    double[] labels = labels(Task.BINARY, x);
    double[] first = new GbnnTrainer(SMALL).train(Task.BINARY, x, labels).scores(x)[0];
    double[] again = new GbnnTrainer(SMALL).train(Task.BINARY, x, labels).scores(x)[0];
    GbnnSettings other = new GbnnSettings(12, 2, 0.3, 0.5, 60, 1e-4, 2);
    assertThat(again).isEqualTo(first);
    assertThat(new GbnnTrainer(other).train(Task.BINARY, x, labels).scores(x)[0])
        .isNotEqualTo(first);
  }

  /** The authors' code gives NaN here: the curvature goes to 0 with the training error. */
  @Test
  void labelsThatCanBeFittedPerfectlyAtFullStepsGiveFiniteScores() {
    double[][] columns = {new double[90]};
    double[] labels = new double[90];
    for (int r = 0; r < 90; r++) {
      columns[0][r] = r % 3 * 5 + r * 0.001;
      labels[r] = r % 3;
    }
    Columns x = new Columns(90, columns);
    GbnnSettings full = new GbnnSettings(200, 1, 1, 0.5, 200, 1e-4, 1);
    Gbnn model = new GbnnTrainer(full).train(Task.MULTI_CLASS, x, labels);
    for (double[] class_ : model.predictions(model.scores(x))) {
      for (double p : class_) {
        assertThat(p).isBetween(0.0, 1.0);
      }
    }
    assertThat(loss(model, x, labels, model.blocks().size())).isLessThan(1e-3);
  }

  @Test
  void oneClassAndConstantInputsAreLearntWithoutHarm() {
    Columns x = new Columns(50, new double[][] {new double[50], new double[50]});
    double[] ones = new double[50];
    Arrays.fill(ones, 1);
    for (Task task : Task.values()) {
      Gbnn model = new GbnnTrainer(SMALL).train(task, x, ones);
      double[][] scores = model.scores(x);
      double[] predicted = model.predictions(scores)[scores.length - 1];
      assertThat(predicted[0]).as("%s", task).isGreaterThan(0.9).isFinite();
    }
  }

  @Test
  void whatCannotBeLearntIsRefusedWithItsPlace() {
    Columns x = inputs(new Random(7), 3, 1);
    GbnnTrainer trainer = new GbnnTrainer(SMALL);
    assertThatThrownBy(() -> trainer.train(Task.BINARY, x, new double[] {0, 1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be 0 or 1, got 2.0 in row 2");
    assertThatThrownBy(() -> trainer.train(Task.REGRESSION, x, new double[] {0, Double.NaN, 2}))
        .hasMessageContaining("must be finite, got NaN in row 1");
    assertThatThrownBy(() -> trainer.train(Task.MULTI_CLASS, x, new double[] {0, 0.5, 2}))
        .hasMessageContaining("whole number");
    assertThatThrownBy(() -> trainer.train(Task.BINARY, x, new double[] {0, 1}))
        .hasMessageContaining("each of 3 rows, got 2");
    assertThatThrownBy(() -> new Columns(1, new double[][] {{Double.POSITIVE_INFINITY}}))
        .hasMessageContaining("must be finite, got Infinity in row 0 of column 0");
  }

  @Test
  void theSigmoidIsThatOfTheLibraryToTwelveDigits() {
    for (double x = -50; x <= 50; x += 0.037) {
      double[] value = {x};
      Sigmoid.apply(value);
      double truth = 1 / (1 + StrictMath.exp(-x));
      assertThat(value[0]).isCloseTo(truth, within(1e-12 * truth));
    }
    assertThat(Sigmoid.exp(-1e9)).isBetween(0.0, 1e-300);
    assertThat(Sigmoid.exp(1e9)).isFinite();
  }
}
