package io.freshet.learning.boosted;

import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import java.util.Arrays;

/**
 * The output weights of every block as the Newton step of its whole output layer. With z the
 * block's units and a 1, and the residuals r and curvatures h of the sum before it, they are
 *
 * <pre>
 * (Σ w·h·z·zᵀ + I)⁻¹ · Σ w·r·z
 * </pre>
 *
 * over all examples so far, old ones fading: least squares for r/h, weighted by h. The identity
 * keeps a layer small that has seen little, or units that say the same, or nothing. It is the step
 * of arXiv 1909.12098, there a scalar, with a direction for each unit.
 */
final class OutputLayers {

  private static final double PRIOR_CURVATURE = 1;

  private final BlockLoss loss;
  private final int blocks;
  private final int units;
  private final int size;
  private final double fade;

  /** [T][J + 1][J + 1], of which only entries up to the diagonal are kept. */
  private final double[] curvatures;

  /** [T][J + 1]. */
  private final double[] slopes;

  OutputLayers(BoostedShape shape, BlockLoss loss) {
    this.loss = loss;
    this.blocks = shape.blocks();
    this.units = shape.blockUnits();
    this.size = shape.boosting().outputs() == Outputs.NEWTON ? units + 1 : 0;
    this.fade = StrictMath.pow(2, -1 / shape.boosting().halfLife());
    this.curvatures = new double[blocks * triangle()];
    this.slopes = new double[blocks * size];
  }

  /** Whether output weights are learnt here. */
  boolean used() {
    return size > 0;
  }

  private int triangle() {
    return size * (size + 1) / 2;
  }

  void learn(PackedBatch batch, BlockStep step) {
    for (int i = 0; i < curvatures.length; i++) {
      curvatures[i] *= fade;
    }
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] *= fade;
    }
    double[] z = new double[size];
    z[units] = 1;
    for (int e = 0; e < batch.size(); e++) {
      for (int t = 0; t < blocks; t++) {
        float sum = step.sums()[e * (blocks + 1) + t];
        float residual = loss.residual(step.base()[e] + sum, batch.labels()[e]);
        for (int u = 0; u < units; u++) {
          z[u] = step.hidden()[e * step.pitch() + t * units + u];
        }
        add(t, z, batch.weights()[e], residual, loss.curvature(residual));
      }
    }
  }

  private void add(int t, double[] z, double weight, double residual, double curvature) {
    int at = t * triangle();
    for (int i = 0; i < size; i++) {
      slopes[t * size + i] += weight * residual * z[i];
      double h = weight * curvature * z[i];
      for (int j = 0; j <= i; j++) {
        curvatures[at++] += h * z[j];
      }
    }
  }

  /** Writes {@link BoostedShape#OUT_WEIGHT} and {@link BoostedShape#OUT_BIAS}. */
  void apply(float[] outWeight, float[] outBias) {
    for (int t = 0; t < blocks; t++) {
      double[] solution = solve(t);
      for (int u = 0; u < units; u++) {
        outWeight[t * units + u] = (float) solution[u];
      }
      outBias[t] = (float) solution[units];
    }
  }

  /** By Cholesky's L·Lᵀ; the identity makes the matrix positive definite. */
  private double[] solve(int t) {
    double[] l = Arrays.copyOfRange(curvatures, t * triangle(), (t + 1) * triangle());
    double[] x = Arrays.copyOfRange(slopes, t * size, (t + 1) * size);
    for (int i = 0; i < size; i++) {
      int row = i * (i + 1) / 2;
      for (int j = 0; j <= i; j++) {
        int other = j * (j + 1) / 2;
        double rest = l[row + j] + (i == j ? PRIOR_CURVATURE : 0);
        for (int k = 0; k < j; k++) {
          rest -= l[row + k] * l[other + k];
        }
        l[row + j] = i == j ? Math.sqrt(rest) : rest / l[other + j];
      }
      for (int k = 0; k < i; k++) {
        x[i] -= l[row + k] * x[k];
      }
      x[i] /= l[row + i];
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int k = i + 1; k < size; k++) {
        x[i] -= l[k * (k + 1) / 2 + i] * x[k];
      }
      x[i] /= l[i * (i + 1) / 2 + i];
    }
    return x;
  }

  /** Forgets a block in whose place a new one stands. */
  void restart(int t) {
    Arrays.fill(curvatures, t * triangle(), (t + 1) * triangle(), 0);
    Arrays.fill(slopes, t * size, (t + 1) * size, 0);
  }

  /** Declares what it remembers as a learner's own state. */
  void declare(LearnerChanges changes) {
    if (used()) {
      changes.ownDoubles("blocks.outputs.curvatures", curvatures);
      changes.ownDoubles("blocks.outputs.slopes", slopes);
    }
  }
}
