package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import java.util.Arrays;

/**
 * One history of a batch as arrays, and the way of its gradients back to the gathered rows.
 *
 * <p>Positions of all examples lie one after the other; {@code offsets} says where an example's
 * start.
 */
final class PackedHistory {

  final int width;
  final int positions;
  final int[] offsets;

  /** [positions], the example of each. */
  final int[] owners;

  /** [positions][width]: k. */
  final float[] keys;

  /** [B][width]: q. */
  final float[] queries;

  /** Gradients of the above. */
  final float[] keyGradients;

  final float[] queryGradients;

  private final PackedBatch batch;
  private final HistorySlot slot;
  private final int[][] fields;

  PackedHistory(CtrShape shape, PackedBatch batch, int h) {
    this.batch = batch;
    this.slot = shape.layout().histories().get(h);
    this.width = slot.width();
    this.positions = batch.positions(h);
    this.offsets = batch.historyOffsets()[h];
    this.fields = batch.histories()[h];
    this.owners = new int[positions];
    for (int e = 0; e < batch.size(); e++) {
      Arrays.fill(owners, offsets[e], offsets[e + 1], e);
    }
    this.keys = new float[positions * width];
    this.queries = new float[batch.size() * width];
    this.keyGradients = new float[keys.length];
    this.queryGradients = new float[queries.length];
    int at = 0;
    for (int f = 0; f < fields.length; f++) {
      int table = slot.idSlots().get(f);
      int fieldWidth = slot.fields().get(f).width();
      Entries.gather(batch.rows()[table], fields[f], positions, fieldWidth, keys, at, width);
      Entries.gather(
          batch.rows()[table], batch.ids()[table], batch.size(), fieldWidth, queries, at, width);
      at += fieldWidth;
    }
  }

  /** [positions][2·width]: k and q∘k, what the first attention layer sees of a position. */
  float[] keysAndProducts() {
    float[] both = new float[2 * keys.length];
    for (int e = 0; e < batch.size(); e++) {
      int q = e * width;
      for (int j = offsets[e]; j < offsets[e + 1]; j++) {
        int k = j * width;
        int to = 2 * k;
        for (int i = 0; i < width; i++) {
          both[to + i] = keys[k + i];
          both[to + width + i] = queries[q + i] * keys[k + i];
        }
      }
    }
    return both;
  }

  /** Adds the gradients of {@link #keysAndProducts}. */
  void addKeysAndProducts(float[] gradient) {
    for (int e = 0; e < batch.size(); e++) {
      int q = e * width;
      for (int j = offsets[e]; j < offsets[e + 1]; j++) {
        int k = j * width;
        int from = 2 * k;
        for (int i = 0; i < width; i++) {
          float product = gradient[from + width + i];
          keyGradients[k + i] += gradient[from + i] + queries[q + i] * product;
          queryGradients[q + i] += keys[k + i] * product;
        }
      }
    }
  }

  void addQueries(float[] gradient) {
    for (int i = 0; i < gradient.length; i++) {
      queryGradients[i] += gradient[i];
    }
  }

  /** Adds the gradients to those of the gathered rows. */
  void scatter(float[][] rowGradients) {
    int at = 0;
    for (int f = 0; f < fields.length; f++) {
      int table = slot.idSlots().get(f);
      int fieldWidth = slot.fields().get(f).width();
      float[] into = rowGradients[table];
      Entries.scatter(into, fields[f], positions, fieldWidth, keyGradients, at, width);
      Entries.scatter(
          into, batch.ids()[table], batch.size(), fieldWidth, queryGradients, at, width);
      at += fieldWidth;
    }
  }
}
