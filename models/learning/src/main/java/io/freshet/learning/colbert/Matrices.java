package io.freshet.learning.colbert;

import io.freshet.scoring.kernel.Kernels;

/** The two products of a linear map's backward; row-major without gaps. Owns scratch memory. */
final class Matrices {

  private final Kernels kernels;
  private float[] turned = {};
  private float[] none = {};

  Matrices(Kernels kernels) {
    this.kernels = kernels;
  }

  /** into += aᵀ·b, a [rows, p], b [rows, q], into [p, q]. */
  static void addOuter(int rows, int p, int q, float[] a, float[] b, float[] into) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < p; i++) {
        float factor = a[r * p + i];
        if (factor != 0) {
          int to = i * q;
          int from = r * q;
          for (int j = 0; j < q; j++) {
            into[to + j] = Math.fma(factor, b[from + j], into[to + j]);
          }
        }
      }
    }
  }

  /** into += the sum of the rows of a [rows, columns]. */
  static void addRows(int rows, int columns, float[] a, float[] into) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        into[j] += a[r * columns + j];
      }
    }
  }

  /** out = g·wᵀ, g [rows, q], w [p, q], out [rows, p]. */
  void back(int rows, int q, int p, float[] g, float[] w, float[] out) {
    if (turned.length < p * q) {
      turned = new float[p * q];
    }
    if (none.length < p) {
      none = new float[p];
    }
    turn(w, p, q, turned);
    kernels.affine(rows, q, p, g, 0, q, turned, 0, p, none, 0, out, 0, p);
  }

  /** As {@link #back}, added to out. */
  void addBack(int rows, int q, int p, float[] g, float[] w, float[] out, float[] scratch) {
    back(rows, q, p, g, w, scratch);
    for (int i = 0; i < rows * p; i++) {
      out[i] += scratch[i];
    }
  }

  /** into [q, p] = aᵀ, a [p, q]. */
  static void turn(float[] a, int p, int q, float[] into) {
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < q; j++) {
        into[j * p + i] = a[i * q + j];
      }
    }
  }
}
