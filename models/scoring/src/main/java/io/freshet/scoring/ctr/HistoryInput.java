package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;

/**
 * What one history contributes to x: its pooled vector and query∘pooled, both 0 for an empty
 * history. The rows of the last history seen since {@link #prepare} are kept, because candidates of
 * one user share it.
 */
final class HistoryInput {

  private final int history;
  private final int width;
  private final int pooledOffset;
  private final int productOffset;
  private final RowTable[] tables;
  private final int[] queryOffsets;
  private final HistoryPool pool;
  private final float[] query;
  private float[] keys = new float[0];
  private long[][] keysOf = new long[0][];
  private boolean prepared;

  HistoryInput(CtrShape shape, int history, ModelState state, Kernels kernels) {
    HistorySlot slot = shape.layout().histories().get(history);
    this.history = history;
    this.width = slot.width();
    this.pooledOffset = shape.pooledOffset(history);
    this.productOffset = shape.productOffset(history);
    this.tables =
        slot.fields().stream().map(field -> state.table(field.name())).toArray(RowTable[]::new);
    this.queryOffsets = slot.idSlots().stream().mapToInt(shape::idOffset).toArray();
    this.query = new float[width];
    this.pool =
        switch (shape.pooling()) {
          case ATTENTION -> new AttentionPool(shape, history, state, kernels);
          case MEAN -> new MeanPool(width);
        };
  }

  /** Forgets what was derived from the state. */
  void prepare() {
    prepared = false;
    keysOf = new long[0][];
  }

  /**
   * Writes this history's part of the row of x at {@code start}; the id slots' part must be there.
   */
  void fill(EncodedExample example, float[] x, int start) {
    int pooled = start + pooledOffset;
    int product = start + productOffset;
    int positions = example.historyLength(history);
    if (positions == 0) {
      Arrays.fill(x, pooled, pooled + width, 0f);
      Arrays.fill(x, product, product + width, 0f);
      return;
    }
    if (!prepared) {
      pool.prepare();
      prepared = true;
    }
    gatherQuery(x, start);
    gatherKeys(example.histories()[history], positions);
    pool.pool(query, 0, keys, positions, x, pooled);
    for (int j = 0; j < width; j++) {
      x[product + j] = query[j] * x[pooled + j];
    }
  }

  private void gatherQuery(float[] x, int start) {
    int at = 0;
    for (int f = 0; f < tables.length; f++) {
      System.arraycopy(x, start + queryOffsets[f], query, at, tables[f].width());
      at += tables[f].width();
    }
  }

  private void gatherKeys(long[][] fields, int positions) {
    if (same(fields, keysOf)) {
      return;
    }
    if (keys.length < positions * width) {
      keys = new float[positions * width];
    }
    int column = 0;
    for (int f = 0; f < tables.length; f++) {
      for (int p = 0; p < positions; p++) {
        Rows.copy(tables[f], fields[f][p], keys, p * width + column);
      }
      column += tables[f].width();
    }
    keysOf = fields;
  }

  private static boolean same(long[][] a, long[][] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int f = 0; f < a.length; f++) {
      if (!Arrays.equals(a[f], b[f])) {
        return false;
      }
    }
    return true;
  }
}
