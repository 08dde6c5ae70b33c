package io.freshet.learning.boosted;

import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.engine.ReferenceCtrMath;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.settings.ModelSettings.Sums;
import java.util.Map;

/**
 * The boosted network as its definition reads, example by example, in double precision, with
 * gradients by finite differences. The oracle of {@link BlockMath}, of which it uses nothing.
 */
final class ReferenceBlocks extends ReferenceCtrMath {

  private final BoostedShape shape;
  private final boolean values;
  private final PackedBatch batch;

  /**
   * @param values whether it learns values by squared error, and not clicks by log loss
   */
  ReferenceBlocks(
      BoostedShape shape, boolean values, Map<String, float[]> tensors, PackedBatch batch) {
    super(shape.network(), tensors, batch);
    this.shape = shape;
    this.values = values;
    this.batch = batch;
  }

  @Override
  protected double network(double[] x) {
    return tensor("boost.start")[0] + sum(x, shape.blocks());
  }

  @Override
  public double loss() {
    if (!values) {
      return super.loss();
    }
    double[] logits = logits();
    double sum = 0;
    for (int e = 0; e < batch.size(); e++) {
      sum += batch.weights()[e] * Math.pow(batch.labels()[e] - logits[e], 2) / 2;
    }
    return sum / batch.size();
  }

  /**
   * The gradient of every block's own objective by the entries of a tensor that are the block's.
   */
  double[] ownGradient(String tensor) {
    double[] all = new double[tensor(tensor).length];
    int columns = tensor.equals("boost.out.b") ? shape.blocks() : shape.units();
    int perBlock = columns / shape.blocks();
    for (int t = 0; t < shape.blocks(); t++) {
      int block = t;
      double[] gradient = gradient(tensor(tensor), () -> objective(block));
      for (int i = 0; i < all.length; i++) {
        if (i % columns / perBlock == t) {
          all[i] = gradient[i];
        }
      }
    }
    return all;
  }

  /** The sum before the block is a constant, as only earlier blocks change it. */
  private double objective(int t) {
    double objective = 0;
    for (int e = 0; e < batch.size(); e++) {
      double[] x = x(e);
      double before = tensor("boost.start")[0] + linear(e) + sum(x, t);
      double p = values ? before : sigmoid(before);
      double residual = batch.labels()[e] - p;
      double curvature = shape.boosting().sums() == Sums.NEWTON ? (values ? 1 : p * (1 - p)) : 0;
      double raw = raw(x, t);
      double f = cut(raw);
      double slope = curvature * f - residual;
      double term = curvature * f * f / 2 - residual * f;
      if (f != raw) {
        // Beyond the limit only the way back is open.
        term = raw * slope > 0 ? raw * slope : 0;
      }
      objective += batch.weights()[e] * term;
    }
    return objective / batch.size();
  }

  private double sum(double[] x, int blocks) {
    double y = 0;
    for (int t = 0; t < blocks; t++) {
      y = tensor("boost.kept")[t] * y + tensor("boost.steps")[t] * cut(raw(x, t));
    }
    return y;
  }

  private double raw(double[] x, int t) {
    int units = shape.units();
    double f = tensor("boost.out.b")[t];
    for (int u = t * shape.blockUnits(); u < (t + 1) * shape.blockUnits(); u++) {
      double z = tensor("boost.b")[u];
      for (int i = 0; i < x.length; i++) {
        z += x[i] * tensor("boost.W")[i * units + u];
      }
      f += tensor("boost.out.W")[u] * Math.tanh(z);
    }
    return f;
  }

  private double cut(double raw) {
    double limit = shape.boosting().sums() == Sums.NEWTON ? 4 : 1;
    return Math.max(-limit, Math.min(limit, raw));
  }
}
