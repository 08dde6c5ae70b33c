package io.freshet.learning.boosted;

import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.boosted.BoostedShape;

/**
 * What is remembered of the blocks beside their tensors, in sums that fade with the half-life of
 * the settings. A batch enters after it was trained on, with its outputs from before.
 */
final class BlockRecords {

  /**
   * Curvature that was never seen, in favour of a step of 0: a new block is silent. It keeps the
   * denominator from 0 where all examples are sure, at which arXiv 1909.12098's step is lost.
   */
  private static final double PRIOR_CURVATURE = 1;

  /** A block whose step would be negative is silent until it learns better. */
  private static final double LARGEST_STEP = 2;

  /** The longest time that damping adapts to: on an endless stream it must not freeze. */
  private static final double LONGEST_MEMORY = 10_000;

  private final BoostedShape shape;
  private final BlockLoss loss;
  private final int blocks;
  private final double fade;

  /** [T]: sums of w·r·f and w·h·f², numerator and denominator of the Newton step. */
  private final double[] numerators;

  private final double[] denominators;

  /** [T]: by how much a block lowered the loss of the sum before it, and over what weight. */
  private final double[] gains;

  private final double[] weights;

  /** [T]: steps since the block was new. */
  private final double[] ages;

  /** [T]: σ of arXiv 1506.04820. */
  private final double[] damping;

  /** Weights of examples; weighted sum of labels; step of the last retirement. */
  private final double[] totals = new double[3];

  BlockRecords(BoostedShape shape, BlockLoss loss) {
    this.shape = shape;
    this.loss = loss;
    this.blocks = shape.blocks();
    this.fade = StrictMath.pow(2, -1 / shape.boosting().halfLife());
    this.numerators = new double[blocks];
    this.denominators = new double[blocks];
    this.gains = new double[blocks];
    this.weights = new double[blocks];
    this.ages = new double[blocks];
    this.damping = new double[blocks];
  }

  void learn(PackedBatch batch, BlockStep step) {
    double weight = 0;
    double labels = 0;
    for (int e = 0; e < batch.size(); e++) {
      weight += batch.weights()[e];
      labels += batch.weights()[e] * batch.labels()[e];
    }
    totals[0] = fade * totals[0] + weight;
    totals[1] = fade * totals[1] + labels;
    double[] slopes = new double[blocks];
    for (int t = 0; t < blocks; t++) {
      numerators[t] *= fade;
      denominators[t] *= fade;
      gains[t] *= fade;
      weights[t] = fade * weights[t] + weight;
      ages[t]++;
    }
    for (int e = 0; e < batch.size(); e++) {
      learn(batch.labels()[e], batch.weights()[e], step, e, slopes);
    }
    if (weight > 0) {
      damp(slopes, weight);
    }
  }

  private void learn(float label, float weight, BlockStep step, int e, double[] slopes) {
    float before = loss.of(step.base()[e], label);
    for (int t = 0; t < blocks; t++) {
      float sum = step.sums()[e * (blocks + 1) + t];
      float output = step.outputs()[e * blocks + t];
      float residual = loss.residual(step.base()[e] + sum, label);
      float after = loss.of(step.base()[e] + step.sums()[e * (blocks + 1) + t + 1], label);
      numerators[t] += weight * residual * output;
      denominators[t] += weight * loss.curvature(residual) * output * output;
      gains[t] += weight * (before - after);
      slopes[t] -= weight * residual * sum;
      before = after;
    }
  }

  /**
   * σ_t := σ_t + α·l′(y)·y within [0, 1], y the sum before the block, α = 1/(L·B·√age). L bounds
   * the slope of the loss; with B = T·η·limit, which no sum can pass, nothing need be clipped.
   */
  private void damp(double[] slopes, double weight) {
    double bound = blocks * shape.boosting().shrinkage() * shape.limit();
    for (int t = 0; t < blocks; t++) {
      double rate =
          1 / (loss.steepest() * bound * StrictMath.sqrt(Math.min(ages[t], LONGEST_MEMORY)));
      damping[t] = Math.max(0, Math.min(1, damping[t] + rate * slopes[t] / weight));
    }
  }

  /** The constant that fits the labels best. */
  float start() {
    return (float) loss.start(totals[0], totals[1]);
  }

  /** What the outputs of block {@code t} are multiplied with. */
  float step(int t) {
    double newton =
        switch (shape.boosting().sums()) {
          case NEWTON -> numerators[t] / (denominators[t] + PRIOR_CURVATURE);
          case DAMPED -> 1;
        };
    return (float) (shape.boosting().shrinkage() * Math.max(0, Math.min(LARGEST_STEP, newton)));
  }

  /** What the sum before block {@code t} is multiplied with. */
  float kept(int t) {
    return switch (shape.boosting().sums()) {
      case NEWTON -> 1;
      case DAMPED -> (float) (1 - damping[t] * shape.boosting().shrinkage());
    };
  }

  /** The mean loss that block {@code t} takes away from the sum before it. */
  double merit(int t) {
    return weights[t] > 0 ? gains[t] / weights[t] : 0;
  }

  /**
   * The block that has to make room now: the one of least merit among those old enough, the first
   * of equals.
   *
   * @return -1 for none
   */
  int weakest(long step) {
    int every = shape.boosting().retireEvery();
    if (every == 0 || step - totals[2] < every) {
      return -1;
    }
    int weakest = -1;
    for (int t = 0; t < blocks; t++) {
      if (ages[t] >= shape.boosting().retireAge() && (weakest < 0 || merit(t) < merit(weakest))) {
        weakest = t;
      }
    }
    return weakest;
  }

  /** Forgets a block in whose place a new one stands. */
  void restart(int t, long step) {
    numerators[t] = 0;
    denominators[t] = 0;
    gains[t] = 0;
    weights[t] = 0;
    ages[t] = 0;
    damping[t] = 0;
    totals[2] = step;
  }

  /** Declares what it remembers as a learner's own state. */
  void declare(LearnerChanges changes) {
    changes.ownDoubles("blocks.numerators", numerators);
    changes.ownDoubles("blocks.denominators", denominators);
    changes.ownDoubles("blocks.gains", gains);
    changes.ownDoubles("blocks.weights", weights);
    changes.ownDoubles("blocks.ages", ages);
    changes.ownDoubles("blocks.damping", damping);
    changes.ownDoubles("blocks.totals", totals);
  }
}
