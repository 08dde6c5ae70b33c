package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The input of a network whose histories are pooled by their means, for a whole batch, and the way
 * of its gradients back to the gathered rows. For engines that differentiate the rest.
 */
public final class MeanPooledInput {

  private final PackedBatch batch;
  private final List<PackedHistory> histories = new ArrayList<>();
  private final List<Pool> pools = new ArrayList<>();
  private final NetworkInput input;
  private final LinearTerms linear;

  public MeanPooledInput(CtrShape shape, PackedBatch batch) {
    this.batch = batch;
    for (int h = 0; h < shape.layout().histories().size(); h++) {
      PackedHistory history = new PackedHistory(shape, batch, h);
      histories.add(history);
      pools.add(Pool.mean(history));
    }
    this.input = new NetworkInput(shape, batch, histories, pools);
    this.linear = new LinearTerms(shape, batch);
  }

  /** [B][input size]. */
  public float[] x() {
    return input.x;
  }

  /** Adds what reaches the logit past the network: skip, crosses and biases. */
  public void addLinear(float[] logits, Map<String, Tensor> tensors) {
    linear.addTo(logits, tensors);
  }

  /**
   * Takes gradients back, once.
   *
   * @param ofInput [B][input size]
   * @param ofLogit [B]
   * @param tensors takes that of the linear skip, where there is one
   * @return [tables][entries × width]
   */
  public float[][] backward(float[] ofInput, float[] ofLogit, Map<String, float[]> tensors) {
    float[][] rows = new float[batch.rows().length][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = new float[batch.rows()[t].length];
    }
    linear.backward(ofLogit, tensors, rows);
    float[][] pooled = new float[histories.size()][];
    for (int h = 0; h < pooled.length; h++) {
      pooled[h] = new float[histories.get(h).queries.length];
    }
    input.backward(ofInput, pooled, rows);
    for (int h = 0; h < pooled.length; h++) {
      pools.get(h).backward(pooled[h]);
      histories.get(h).scatter(rows);
    }
    return rows;
  }
}
