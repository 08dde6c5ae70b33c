package io.freshet.learning.gbnn;

import io.freshet.learning.HashedNormal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a boosted network on a table: from a constant start, block after block is fitted to the
 * pseudo-residuals of a subsample by L-BFGS and added by a shrunken Newton step. Two guards against
 * the method's numerical traps: training ends once the residuals are nothing, where Newton's step
 * is 0/0, and a step that would raise the loss is halved until it does not.
 */
public final class GbnnTrainer {

  /** Where SciPy's L-BFGS stops, which the authors' code calls, blocks end here too. */
  private static final double LEAST_DECREASE = 2.2e-9;

  private static final double NOTHING_LEFT = 1e-12;
  private static final int HALVINGS = 30;

  private final GbnnSettings settings;

  public GbnnTrainer(GbnnSettings settings) {
    this.settings = settings;
  }

  /**
   * @param labels [rows]
   * @throws IllegalArgumentException if there is not one fitting label for each row
   */
  public Gbnn train(Task task, Columns inputs, double[] labels) {
    if (labels.length != inputs.rows()) {
      throw new IllegalArgumentException(
          "there must be a label for each of %d rows, got %d"
              .formatted(inputs.rows(), labels.length));
    }
    task.check(labels);
    return new Run(task, inputs, labels).train();
  }

  private final class Run {

    private final Task task;
    private final Columns inputs;
    private final double[] labels;
    private final int outputs;
    private final long key = HashedNormal.key(settings.seed(), "gbnn");
    private final Lbfgs lbfgs = new Lbfgs(settings.iterations(), 0, LEAST_DECREASE);
    private double[][] scores;
    private double[][] residuals;
    private double loss;

    Run(Task task, Columns inputs, double[] labels) {
      this.task = task;
      this.inputs = inputs;
      this.labels = labels;
      this.outputs = task.outputs(labels);
      this.scores = new double[outputs][labels.length];
      this.residuals = new double[outputs][labels.length];
    }

    Gbnn train() {
      double[] start = task.start(labels, outputs);
      for (int k = 0; k < outputs; k++) {
        Arrays.fill(scores[k], start[k]);
      }
      loss = task.residuals(labels, scores, residuals);
      List<Block> blocks = new ArrayList<>();
      List<Double> steps = new ArrayList<>();
      for (int t = 0; t < settings.units() / settings.blockUnits(); t++) {
        if (meanSquare(residuals) < NOTHING_LEFT) {
          break;
        }
        Block block = fit(t);
        double[][] f = block.outputs(inputs);
        double step = settings.shrinkage() * task.newton(labels, residuals, f);
        steps.add(take(step, f));
        blocks.add(block);
      }
      return new Gbnn(task, start, blocks, steps.stream().mapToDouble(s -> s).toArray());
    }

    private Block fit(int t) {
      long ofBlock = HashedNormal.key(key, t);
      int[] chosen = subsample(HashedNormal.key(ofBlock, 1));
      double[][] targets = new double[outputs][chosen.length];
      for (int k = 0; k < outputs; k++) {
        for (int r = 0; r < chosen.length; r++) {
          targets[k][r] = residuals[k][chosen[r]];
        }
      }
      BlockFit fit =
          new BlockFit(inputs.rows(chosen), targets, settings.blockUnits(), settings.l2());
      double[] x = fit.start(HashedNormal.key(ofBlock, 2));
      lbfgs.minimise(fit, x);
      return fit.block(x);
    }

    /** Rows without replacement, ascending. */
    private int[] subsample(long key) {
      int rows = inputs.rows();
      int wanted = Math.max(1, (int) Math.round(settings.subsample() * rows));
      int[] order = new int[rows];
      for (int r = 0; r < rows; r++) {
        order[r] = r;
      }
      for (int r = 0; r < wanted; r++) {
        int other = r + (int) (HashedNormal.uniform(key, r) * (rows - r));
        int swapped = order[r];
        order[r] = order[other];
        order[other] = swapped;
      }
      int[] chosen = Arrays.copyOf(order, wanted);
      Arrays.sort(chosen);
      return chosen;
    }

    /** Adds the step, halved until it does not raise the loss; returns what was added. */
    private double take(double wanted, double[][] f) {
      double step = wanted;
      double[][] nextResiduals = new double[outputs][labels.length];
      for (int halving = 0; halving < HALVINGS && step != 0; halving++) {
        double[][] next = new double[outputs][];
        for (int k = 0; k < outputs; k++) {
          next[k] = scores[k].clone();
          Block.addScaled(step, f[k], next[k]);
        }
        double nextLoss = task.residuals(labels, next, nextResiduals);
        if (nextLoss <= loss) {
          scores = next;
          residuals = nextResiduals;
          loss = nextLoss;
          return step;
        }
        step /= 2;
      }
      return 0;
    }
  }

  private static double meanSquare(double[][] residuals) {
    double sum = 0;
    for (double[] column : residuals) {
      for (double r : column) {
        sum += r * r;
      }
    }
    return sum / residuals[0].length;
  }
}
