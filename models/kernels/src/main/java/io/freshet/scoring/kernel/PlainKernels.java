package io.freshet.scoring.kernel;

/** The kernels in plain loops: the definition that {@link VectorKernels} must equal bit by bit. */
final class PlainKernels implements Kernels {

  static final PlainKernels INSTANCE = new PlainKernels();

  private PlainKernels() {}

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public void affine(
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
      int cPitch) {
    for (int r = 0; r < rows; r++) {
      int to = cOffset + r * cPitch;
      int from = aOffset + r * aPitch;
      System.arraycopy(bias, biasOffset, c, to, columns);
      int k = 0;
      for (; k + 3 < inner; k += 4) {
        addFourScaled(columns, a, from + k, w, wOffset + k * wPitch, wPitch, c, to);
      }
      for (; k < inner; k++) {
        addScaled(columns, a[from + k], w, wOffset + k * wPitch, c, to);
      }
    }
  }

  private static void addScaled(int n, float factor, float[] x, int xAt, float[] c, int cAt) {
    for (int j = 0; j < n; j++) {
      c[cAt + j] = Math.fma(factor, x[xAt + j], c[cAt + j]);
    }
  }

  /** Four steps of the chain at once, so that c is loaded and stored a quarter as often. */
  private static void addFourScaled(
      int n, float[] a, int aAt, float[] w, int w0, int pitch, float[] c, int cAt) {
    float a0 = a[aAt];
    float a1 = a[aAt + 1];
    float a2 = a[aAt + 2];
    float a3 = a[aAt + 3];
    int w1 = w0 + pitch;
    int w2 = w1 + pitch;
    int w3 = w2 + pitch;
    for (int j = 0; j < n; j++) {
      float sum = Math.fma(a0, w[w0 + j], c[cAt + j]);
      sum = Math.fma(a1, w[w1 + j], sum);
      sum = Math.fma(a2, w[w2 + j], sum);
      c[cAt + j] = Math.fma(a3, w[w3 + j], sum);
    }
  }

  @Override
  public void project(
      int rows,
      int inner,
      float[] a,
      int aOffset,
      int aPitch,
      float[] w,
      float bias,
      float[] out,
      int outOffset) {
    int r = 0;
    for (; r + 7 < rows; r += 8) {
      projectEight(inner, a, aOffset + r * aPitch, aPitch, w, bias, out, outOffset + r);
    }
    for (; r < rows; r++) {
      float sum = bias;
      int from = aOffset + r * aPitch;
      for (int k = 0; k < inner; k++) {
        sum = Math.fma(a[from + k], w[k], sum);
      }
      out[outOffset + r] = sum;
    }
  }

  /** Eight rows side by side, because one chain alone waits for each of its additions. */
  private static void projectEight(
      int inner, float[] a, int a0, int pitch, float[] w, float bias, float[] out, int at) {
    int a1 = a0 + pitch;
    int a2 = a1 + pitch;
    int a3 = a2 + pitch;
    int a4 = a3 + pitch;
    int a5 = a4 + pitch;
    int a6 = a5 + pitch;
    int a7 = a6 + pitch;
    float s0 = bias;
    float s1 = bias;
    float s2 = bias;
    float s3 = bias;
    float s4 = bias;
    float s5 = bias;
    float s6 = bias;
    float s7 = bias;
    for (int k = 0; k < inner; k++) {
      float wk = w[k];
      s0 = Math.fma(a[a0 + k], wk, s0);
      s1 = Math.fma(a[a1 + k], wk, s1);
      s2 = Math.fma(a[a2 + k], wk, s2);
      s3 = Math.fma(a[a3 + k], wk, s3);
      s4 = Math.fma(a[a4 + k], wk, s4);
      s5 = Math.fma(a[a5 + k], wk, s5);
      s6 = Math.fma(a[a6 + k], wk, s6);
      s7 = Math.fma(a[a7 + k], wk, s7);
    }
    out[at] = s0;
    out[at + 1] = s1;
    out[at + 2] = s2;
    out[at + 3] = s3;
    out[at + 4] = s4;
    out[at + 5] = s5;
    out[at + 6] = s6;
    out[at + 7] = s7;
  }

  @Override
  public void scaleRowsAdd(
      int rows,
      int columns,
      float[] q,
      int qOffset,
      float[] p,
      int pOffset,
      float[] base,
      float[] out) {
    for (int r = 0; r < rows; r++) {
      float factor = q[qOffset + r];
      int at = r * columns;
      for (int j = at; j < at + columns; j++) {
        out[j] = Math.fma(factor, p[pOffset + j], base[j]);
      }
    }
  }

  @Override
  public void sigmoid(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      x[i] = FloatMath.sigmoid(x[i]);
    }
  }

  @Override
  public void relu(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      x[i] = x[i] <= 0f ? 0f : x[i];
    }
  }

  @Override
  public void prelu(float[] x, int offset, int rows, int pitch, float[] alpha) {
    for (int r = 0; r < rows; r++) {
      int at = offset + r * pitch;
      for (int j = 0; j < pitch; j++) {
        float s = x[at + j];
        x[at + j] = s > 0f ? s : alpha[j] * s;
      }
    }
  }

  @Override
  public void dice(
      float[] x, int offset, int rows, int pitch, float[] mean, float[] scale, float[] alpha) {
    for (int r = 0; r < rows; r++) {
      int at = offset + r * pitch;
      for (int j = 0; j < pitch; j++) {
        float s = x[at + j];
        float p = FloatMath.sigmoid((s - mean[j]) * scale[j]);
        x[at + j] = s * Math.fma(1f - p, alpha[j], p);
      }
    }
  }

  @Override
  public void softmax(float[] x, int offset, int count) {
    if (count == 0) {
      return;
    }
    float max = x[offset];
    for (int i = offset + 1; i < offset + count; i++) {
      max = Math.max(max, x[i]);
    }
    float sum = 0f;
    for (int i = offset; i < offset + count; i++) {
      x[i] = FloatMath.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = offset; i < offset + count; i++) {
      x[i] /= sum;
    }
  }
}
