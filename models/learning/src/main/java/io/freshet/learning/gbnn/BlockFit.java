package io.freshet.learning.gbnn;

import io.freshet.learning.HashedNormal;
import java.util.Arrays;

/**
 * Fits one block to targets r by squared error with L2 on the weights, over n rows:
 *
 * <pre>
 * 1/(2n) · Σ_rows Σ_outputs (block(x) − r)² + l2/(2n) · (Σ w² + Σ v²)
 * </pre>
 *
 * <p>Parameters in one array: per unit its weights, its bias and its output weights; then the
 * output biases.
 */
final class BlockFit implements Lbfgs.Function {

  private final Columns inputs;
  private final double[][] targets;
  private final int units;
  private final double l2;
  private final double[][] hidden;
  private final double[][] errors;
  private final double[] delta;

  /**
   * @param targets [outputs][rows]
   */
  BlockFit(Columns inputs, double[][] targets, int units, double l2) {
    this.inputs = inputs;
    this.targets = targets;
    this.units = units;
    this.l2 = l2;
    this.hidden = new double[units][inputs.rows()];
    this.errors = new double[targets.length][inputs.rows()];
    this.delta = new double[inputs.rows()];
  }

  /** Uniform in ±√(2 / (in + out)) per layer: Glorot's range for sigmoid units. */
  double[] start(long key) {
    double[] start = new double[units * stride() + targets.length];
    double hiddenRange = Math.sqrt(2.0 / (inputs.width() + units));
    double outRange = Math.sqrt(2.0 / (units + targets.length));
    for (int i = 0; i < start.length; i++) {
      boolean ofHidden = i < units * stride() && i % stride() <= inputs.width();
      double range = ofHidden ? hiddenRange : outRange;
      start[i] = range * (2 * HashedNormal.uniform(key, i) - 1);
    }
    return start;
  }

  Block block(double[] x) {
    int width = inputs.width();
    double[][] weights = new double[units][width];
    double[] biases = new double[units];
    double[][] out = new double[units][targets.length];
    double[] outBiases = new double[targets.length];
    for (int u = 0; u < units; u++) {
      int at = u * stride();
      System.arraycopy(x, at, weights[u], 0, width);
      biases[u] = x[at + width];
      System.arraycopy(x, at + width + 1, out[u], 0, targets.length);
    }
    System.arraycopy(x, units * stride(), outBiases, 0, targets.length);
    return new Block(weights, biases, out, outBiases);
  }

  @Override
  public double at(double[] x, double[] gradient) {
    int rows = inputs.rows();
    int width = inputs.width();
    for (int k = 0; k < targets.length; k++) {
      double[] error = errors[k];
      double bias = x[units * stride() + k];
      for (int r = 0; r < rows; r++) {
        error[r] = bias - targets[k][r];
      }
    }
    for (int u = 0; u < units; u++) {
      int at = u * stride();
      Block.activate(inputs, x, at, x[at + width], hidden[u]);
      for (int k = 0; k < targets.length; k++) {
        Block.addScaled(x[at + width + 1 + k], hidden[u], errors[k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < targets.length; k++) {
      sum += dot(errors[k], errors[k]);
      gradient[units * stride() + k] = sum(errors[k]) / rows;
    }
    for (int u = 0; u < units; u++) {
      sum += unit(x, gradient, u);
    }
    return sum / (2 * rows);
  }

  /** The gradient of one unit's parameters; returns its part of n · 2 · penalty. */
  private double unit(double[] x, double[] gradient, int u) {
    int rows = inputs.rows();
    int width = inputs.width();
    int at = u * stride();
    double[] h = hidden[u];
    Arrays.fill(delta, 0);
    double squares = 0;
    for (int k = 0; k < targets.length; k++) {
      int v = at + width + 1 + k;
      gradient[v] = (dot(errors[k], h) + l2 * x[v]) / rows;
      Block.addScaled(x[v], errors[k], delta);
      squares += x[v] * x[v];
    }
    for (int r = 0; r < rows; r++) {
      delta[r] *= h[r] * (1 - h[r]);
    }
    for (int c = 0; c < width; c++) {
      gradient[at + c] = (dot(inputs.columns()[c], delta) + l2 * x[at + c]) / rows;
      squares += x[at + c] * x[at + c];
    }
    gradient[at + width] = sum(delta) / rows;
    return l2 * squares;
  }

  private int stride() {
    return inputs.width() + 1 + targets.length;
  }

  private static double sum(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += value;
    }
    return sum;
  }

  /** Four sums side by side, because one alone waits for each of its additions. */
  private static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
