package io.freshet.learning.ctr;

import io.freshet.learning.Example;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.DenseStandardizer;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.List;

/**
 * The dense inputs of a batch, and the statistics that standardise them. A batch is standardised
 * with the statistics from before its step, and enters them after it. Until an input was seen
 * {@value #ENOUGH} times its statistics gather here and the serving state keeps mean 0 and variance
 * 1; from {@value #WINDOW} on old examples fade. A value far out counts as one {@value #FAR}
 * deviations out, so that a damaged one does not hide all others, and a new scale is still learnt.
 */
final class DenseInputs {

  private static final int ENOUGH = 100;
  private static final double WINDOW = 100_000;

  /** In deviations, once there are a few values to tell them by. */
  private static final double FAR = 20;

  private static final int FEW = 10;

  /** The least deviation that far is told by: an input that was constant so far may change. */
  private static final double LEAST_DEVIATION = 1;

  /** Of an input's size; the square of more would leave the floats. */
  private static final double LARGEST = 1e18;

  private final CtrShape shape;
  private final ModelState state;
  private final LearnerChanges changes;
  private final DenseStandardizer standardizer;
  private final int size;

  /** Of every input: how often it was seen, at most the window; mean; variance. */
  private final double[] counts;

  private final double[] means;
  private final double[] variances;
  private float[] raw = new float[0];

  DenseInputs(CtrShape shape, ModelState state, LearnerChanges changes) {
    this.shape = shape;
    this.state = state;
    this.changes = changes;
    this.standardizer = new DenseStandardizer(shape);
    this.size = shape.denseSize();
    this.counts = new double[size];
    this.means = new double[size];
    this.variances = new double[size];
    if (size > 0) {
      changes.ownDoubles("dense.counts", counts);
      changes.ownDoubles("dense.means", means);
      changes.ownDoubles("dense.variances", variances);
    }
  }

  /** [B][dense], standardised. */
  float[] standardized(List<Example> batch) {
    raw = new float[batch.size() * size];
    if (size == 0) {
      return raw;
    }
    for (int e = 0; e < batch.size(); e++) {
      standardizer.raw(batch.get(e).features(), batch.get(e).counters(), raw, e * size);
    }
    float[] dense = raw.clone();
    float[] mean = state.tensor(CtrShape.DENSE_MEAN).data();
    float[] variance = state.tensor(CtrShape.DENSE_VARIANCE).data();
    for (int e = 0; e < batch.size(); e++) {
      standardizer.standardize(dense, e * size, mean, variance);
    }
    return dense;
  }

  /**
   * Lets the batch that was standardised last enter the statistics. Values that are not finite, or
   * of a size above {@value #LARGEST}, stay out.
   */
  void learn() {
    if (size == 0) {
      return;
    }
    for (int at = 0; at < raw.length; at += size) {
      for (int i = 0; i < size; i++) {
        if (Math.abs(raw[at + i]) <= LARGEST && !standardizer.indicator(i)) {
          learn(i, raw[at + i]);
        }
      }
    }
    Tensor mean = touch(CtrShape.DENSE_MEAN);
    Tensor variance = touch(CtrShape.DENSE_VARIANCE);
    Tensor count = touch(CtrShape.DENSE_COUNT);
    for (int i = 0; i < size; i++) {
      count.data()[i] = (float) counts[i];
      if (counts[i] >= ENOUGH) {
        mean.data()[i] = (float) means[i];
        variance.data()[i] = (float) variances[i];
      }
    }
  }

  private void learn(int i, double x) {
    counts[i] = Math.min(counts[i] + 1, WINDOW);
    double share = 1 / counts[i];
    double difference = x - means[i];
    if (counts[i] > FEW) {
      double far = FAR * Math.max(LEAST_DEVIATION, Math.sqrt(variances[i]));
      difference = Math.max(-far, Math.min(far, difference));
    }
    means[i] += share * difference;
    variances[i] = (1 - share) * (variances[i] + share * difference * difference);
  }

  private Tensor touch(String name) {
    Tensor tensor = state.tensor(name);
    changes.touch(tensor);
    return tensor;
  }
}
