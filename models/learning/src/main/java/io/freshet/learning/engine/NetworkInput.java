package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import java.util.List;

/**
 * The input x of the network for a whole batch, [B][input size], and the way of its gradient back.
 */
final class NetworkInput {

  private final CtrShape shape;
  private final PackedBatch batch;
  private final List<PackedHistory> histories;
  private final List<Pool> pools;
  private final int size;
  final float[] x;

  /**
   * @param pools the pooled vectors of each history
   */
  NetworkInput(CtrShape shape, PackedBatch batch, List<PackedHistory> histories, List<Pool> pools) {
    this.shape = shape;
    this.batch = batch;
    this.histories = histories;
    this.pools = pools;
    this.size = shape.inputSize();
    this.x = new float[batch.size() * size];
    for (int h = 0; h < histories.size(); h++) {
      putHistory(h);
    }
    for (int i = 0; i < batch.ids().length; i++) {
      int width = shape.layout().ids().get(i).width();
      Entries.gather(
          batch.rows()[i], batch.ids()[i], batch.size(), width, x, shape.idOffset(i), size);
    }
    for (int b = 0; b < batch.bags().length; b++) {
      putBag(b);
    }
    int dense = shape.denseSize();
    for (int e = 0; e < batch.size(); e++) {
      System.arraycopy(batch.dense(), e * dense, x, e * size + shape.denseOffset(), dense);
    }
  }

  /** Takes the gradient of x back to everything that x is made of. */
  void backward(float[] gradient, float[][] pooledGradients, float[][] rowGradients) {
    for (int h = 0; h < histories.size(); h++) {
      backwardHistory(h, gradient, pooledGradients[h]);
    }
    for (int i = 0; i < batch.ids().length; i++) {
      int width = shape.layout().ids().get(i).width();
      Entries.scatter(
          rowGradients[i], batch.ids()[i], batch.size(), width, gradient, shape.idOffset(i), size);
    }
    for (int b = 0; b < batch.bags().length; b++) {
      backwardBag(b, gradient, rowGradients[bagTable(b)]);
    }
  }

  private void putHistory(int h) {
    PackedHistory history = histories.get(h);
    float[] pooled = pools.get(h).pooled;
    int width = history.width;
    for (int e = 0; e < batch.size(); e++) {
      int q = e * width;
      int at = e * size + shape.pooledOffset(h);
      int product = e * size + shape.productOffset(h);
      for (int i = 0; i < width; i++) {
        x[at + i] = pooled[q + i];
        x[product + i] = history.queries[q + i] * pooled[q + i];
      }
    }
  }

  private void backwardHistory(int h, float[] gradient, float[] pooledGradient) {
    PackedHistory history = histories.get(h);
    float[] pooled = pools.get(h).pooled;
    int width = history.width;
    for (int e = 0; e < batch.size(); e++) {
      int q = e * width;
      int at = e * size + shape.pooledOffset(h);
      int product = e * size + shape.productOffset(h);
      for (int i = 0; i < width; i++) {
        float g = gradient[product + i];
        pooledGradient[q + i] = gradient[at + i] + history.queries[q + i] * g;
        history.queryGradients[q + i] += pooled[q + i] * g;
      }
    }
  }

  private void putBag(int b) {
    int width = bag(b).width();
    float[] rows = batch.rows()[bagTable(b)];
    int[] offsets = batch.bagOffsets()[b];
    for (int e = 0; e < batch.size(); e++) {
      int at = e * size + shape.bagOffset(b);
      float share = 1f / Math.max(1, offsets[e + 1] - offsets[e]);
      for (int j = offsets[e]; j < offsets[e + 1]; j++) {
        int row = batch.bags()[b][j] * width;
        for (int i = 0; i < width; i++) {
          x[at + i] += share * rows[row + i];
        }
      }
    }
  }

  private void backwardBag(int b, float[] gradient, float[] rowGradient) {
    int width = bag(b).width();
    int[] offsets = batch.bagOffsets()[b];
    for (int e = 0; e < batch.size(); e++) {
      int at = e * size + shape.bagOffset(b);
      float share = 1f / Math.max(1, offsets[e + 1] - offsets[e]);
      for (int j = offsets[e]; j < offsets[e + 1]; j++) {
        int row = batch.bags()[b][j] * width;
        for (int i = 0; i < width; i++) {
          rowGradient[row + i] += share * gradient[at + i];
        }
      }
    }
  }

  private IdSlot bag(int b) {
    return shape.layout().bags().get(b);
  }

  private int bagTable(int b) {
    return shape.layout().ids().size() + b;
  }
}
