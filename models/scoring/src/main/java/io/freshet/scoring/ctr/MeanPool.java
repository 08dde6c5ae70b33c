package io.freshet.scoring.ctr;

/** The mean of the positions, summed in ascending order. */
final class MeanPool implements HistoryPool {

  private final int width;

  MeanPool(int width) {
    this.width = width;
  }

  @Override
  public void prepare() {}

  @Override
  public void pool(
      float[] query, int queryOffset, float[] keys, int positions, float[] out, int outOffset) {
    mean(keys, positions, width, out, outOffset);
  }

  /** The mean of {@code rows} rows. */
  static void mean(float[] x, int rows, int width, float[] out, int outOffset) {
    System.arraycopy(x, 0, out, outOffset, width);
    for (int r = 1; r < rows; r++) {
      for (int j = 0; j < width; j++) {
        out[outOffset + j] += x[r * width + j];
      }
    }
    for (int j = 0; j < width; j++) {
      out[outOffset + j] /= rows;
    }
  }
}
