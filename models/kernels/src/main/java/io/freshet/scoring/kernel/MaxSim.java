package io.freshet.scoring.kernel;

import java.util.Arrays;

/**
 * Late interaction's inner loop: for every vector of a query the largest dot product with a vector
 * of a document, best[i] = max over j of q_i·d_j. Each product is one chain of fused multiply-adds
 * over ascending indices, so that all {@link Kernels} give the same bits; of equal products the
 * first one counts. The query is laid out once and met by any number of documents. Owns scratch
 * memory: one thread at a time.
 */
public final class MaxSim {

  /** Document vectors whose products are in memory at once. */
  private static final int BLOCK = 64;

  private final Kernels kernels;
  private int rows;
  private int width;
  private int pitch;
  private float[] query = new float[0];
  private float[] none = new float[0];
  private float[] products = new float[0];
  private float[] largest = new float[0];

  public MaxSim(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Sets the query whose products are asked for from now on.
   *
   * @param vectors [rows][width] from {@code offset} on; copied
   */
  public void query(float[] vectors, int offset, int rows, int width) {
    this.rows = rows;
    this.width = width;
    pitch = Kernels.pitch(rows);
    if (query.length < width * pitch) {
      query = new float[width * pitch];
    }
    if (none.length < pitch) {
      none = new float[pitch];
      products = new float[BLOCK * pitch];
      largest = new float[pitch];
    }
    for (int k = 0; k < width; k++) {
      for (int i = 0; i < pitch; i++) {
        query[k * pitch + i] = i < rows ? vectors[offset + i * width + k] : 0f;
      }
    }
  }

  /**
   * The best product of every query vector with one document.
   *
   * @param documents the document's vectors [tokens][width] from {@code offset} on
   * @param tokens of the document; without any, every best is 0
   * @param best [query rows] from {@code bestOffset} on
   */
  public void best(float[] documents, int offset, int tokens, float[] best, int bestOffset) {
    for (int from = 0; from < tokens; from += BLOCK) {
      int count = Math.min(BLOCK, tokens - from);
      multiply(documents, offset + from * width, count);
      if (from == 0) {
        System.arraycopy(products, 0, largest, 0, pitch);
      }
      for (int r = from == 0 ? 1 : 0; r < count; r++) {
        raise(r * pitch);
      }
    }
    if (tokens == 0) {
      Arrays.fill(best, bestOffset, bestOffset + rows, 0f);
    } else {
      System.arraycopy(largest, 0, best, bestOffset, rows);
    }
  }

  private void raise(int at) {
    float[] high = largest;
    float[] candidates = products;
    for (int i = 0; i < pitch; i++) {
      high[i] = Math.max(high[i], candidates[at + i]);
    }
  }

  /**
   * As {@link #best}, and which document vector gave it.
   *
   * @param where [query rows] from {@code bestOffset} on, counted from the document's first; -1
   *     where the document has none
   */
  public void matches(
      float[] documents, int offset, int tokens, float[] best, int[] where, int bestOffset) {
    for (int i = 0; i < rows; i++) {
      best[bestOffset + i] = 0f;
      where[bestOffset + i] = -1;
    }
    for (int from = 0; from < tokens; from += BLOCK) {
      int count = Math.min(BLOCK, tokens - from);
      multiply(documents, offset + from * width, count);
      for (int r = 0; r < count; r++) {
        for (int i = 0; i < rows; i++) {
          float product = products[r * pitch + i];
          if (where[bestOffset + i] < 0 || product > best[bestOffset + i]) {
            best[bestOffset + i] = product;
            where[bestOffset + i] = from + r;
          }
        }
      }
    }
  }

  private void multiply(float[] documents, int offset, int count) {
    kernels.affine(
        count, width, pitch, documents, offset, width, query, 0, pitch, none, 0, products, 0,
        pitch);
  }
}
