package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.state.Tensor;
import java.util.Map;

/** What reaches the logit past the network: the linear skip, crosses and biases. */
final class LinearTerms {

  private final CtrShape shape;
  private final PackedBatch batch;

  LinearTerms(CtrShape shape, PackedBatch batch) {
    this.shape = shape;
    this.batch = batch;
  }

  void addTo(float[] logits, Map<String, Tensor> tensors) {
    if (shape.linearSkip()) {
      float[] weights = Tensors.data(tensors, CtrShape.SKIP);
      for (int e = 0; e < batch.size(); e++) {
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * batch.dense()[e * weights.length + i];
        }
        logits[e] += sum;
      }
    }
    int table = firstTable();
    for (int[] entries : batch.crosses()) {
      add(batch.rows()[table++], entries, logits);
    }
    for (int[] entries : batch.biases()) {
      add(batch.rows()[table++], entries, logits);
    }
  }

  /**
   * @param gradient [B] of the logits
   */
  void backward(float[] gradient, Map<String, float[]> tensors, float[][] rowGradients) {
    if (shape.linearSkip()) {
      float[] weights = new float[shape.denseSize()];
      for (int e = 0; e < batch.size(); e++) {
        for (int i = 0; i < weights.length; i++) {
          weights[i] += gradient[e] * batch.dense()[e * weights.length + i];
        }
      }
      tensors.put(CtrShape.SKIP, weights);
    }
    int table = firstTable();
    for (int[] entries : batch.crosses()) {
      Entries.scatter(rowGradients[table++], entries, batch.size(), 1, gradient, 0, 1);
    }
    for (int[] entries : batch.biases()) {
      Entries.scatter(rowGradients[table++], entries, batch.size(), 1, gradient, 0, 1);
    }
  }

  private int firstTable() {
    return shape.layout().ids().size() + shape.layout().bags().size();
  }

  private static void add(float[] rows, int[] entries, float[] logits) {
    for (int e = 0; e < logits.length; e++) {
      logits[e] += rows[entries[e]];
    }
  }
}
