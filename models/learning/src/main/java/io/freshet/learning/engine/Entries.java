package io.freshet.learning.engine;

/** Gathers rows by entry into columns of a matrix, and adds columns of a matrix back to rows. */
final class Entries {

  private Entries() {}

  static void gather(
      float[] rows, int[] entries, int count, int width, float[] into, int offset, int stride) {
    for (int n = 0; n < count; n++) {
      System.arraycopy(rows, entries[n] * width, into, n * stride + offset, width);
    }
  }

  static void scatter(
      float[] rows, int[] entries, int count, int width, float[] from, int offset, int stride) {
    for (int n = 0; n < count; n++) {
      int row = entries[n] * width;
      int column = n * stride + offset;
      for (int i = 0; i < width; i++) {
        rows[row + i] += from[column + i];
      }
    }
  }
}
