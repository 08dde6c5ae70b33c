package io.freshet.scoring.kernel;

/**
 * Products and activations over plain arrays. Every implementation gives the same bits: each output
 * is one chain of fused multiply-adds over ascending indices, whatever the order in which outputs
 * are computed. Matrices are row-major, given by array, offset of the first entry and <i>pitch</i>,
 * the distance between rows. Stateless: safe for any number of threads.
 */
public interface Kernels {

  /** Pitches of activations are multiples of this, so that no vector width leaves a rest. */
  int LANES = 16;

  /** The fastest implementation that this JVM has. */
  static Kernels best() {
    return Choice.BEST;
  }

  /** Plain loops, which every JVM has. */
  static Kernels plain() {
    return PlainKernels.INSTANCE;
  }

  /** {@code columns} rounded up to a multiple of {@link #LANES}. */
  static int pitch(int columns) {
    return (columns + LANES - 1) / LANES * LANES;
  }

  /** What computes, for logs and lineage: {@code plain} or {@code vector-512}. */
  String name();

  /**
   * C = bias + A·W, A [rows, inner], W [inner, columns], bias [columns] added to every row. C must
   * share nothing with the others.
   */
  void affine(
      int rows,
      int inner,
      int columns,
      float[] a,
      int aOffset,
      int aPitch,
      float[] w,
      int wOffset,
      int wPitch,
      float[] bias,
      int biasOffset,
      float[] c,
      int cOffset,
      int cPitch);

  /** out[r] = bias + A[r]·w, A [rows, inner]: a linear output of one unit. */
  void project(
      int rows,
      int inner,
      float[] a,
      int aOffset,
      int aPitch,
      float[] w,
      float bias,
      float[] out,
      int outOffset);

  /** out[r, j] = base[r, j] + q[r]·p[r, j], all [rows, columns] without gaps. */
  void scaleRowsAdd(
      int rows,
      int columns,
      float[] q,
      int qOffset,
      float[] p,
      int pOffset,
      float[] base,
      float[] out);

  /** x = 1 / (1 + e^-x), over {@code count} entries, a multiple of {@link #LANES}. */
  void sigmoid(float[] x, int offset, int count);

  /** x = max(x, 0), NaN kept, over {@code count} entries, a multiple of {@link #LANES}. */
  void relu(float[] x, int offset, int count);

  /**
   * x = x if x &gt; 0, else alpha·x, over {@code rows} rows of {@code pitch} entries, alpha
   * [pitch].
   */
  void prelu(float[] x, int offset, int rows, int pitch, float[] alpha);

  /**
   * Dice (arXiv 1706.06978, section 5.3): p = sigmoid((x − mean)·scale), x = p·x + (1 − p)·alpha·x,
   * over {@code rows} rows of {@code pitch} entries; mean, scale and alpha [pitch], scale being one
   * over the standard deviation.
   */
  void dice(float[] x, int offset, int rows, int pitch, float[] mean, float[] scale, float[] alpha);

  /** x = e^(x − max) / sum, the sum in ascending order; nothing happens when {@code count} is 0. */
  void softmax(float[] x, int offset, int count);
}
