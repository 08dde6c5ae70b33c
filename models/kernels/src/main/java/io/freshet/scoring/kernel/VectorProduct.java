package io.freshet.scoring.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * C = bias + A·W by the Vector API, in blocks of rows by vectors of columns that stay in registers.
 * Where a block would reach over an edge it goes back over what is done instead: the same inputs
 * give the same bits, so writing twice does no harm, and no rest needs code of its own.
 *
 * <p>The methods are long on purpose: what is longer than HotSpot's limit for inlining (325 bytes
 * of code) is compiled on its own, and no caller runs out of its budget in the middle of a loop,
 * where vectors would then be boxed.
 */
final class VectorProduct {

  private static final VectorSpecies<Float> S = VectorKernels.SPECIES;
  private static final int L = S.length();

  /** Rows of a block where there are that many. */
  private static final int ROWS = 4;

  private VectorProduct() {}

  /** As {@link Kernels#affine}, for at least one vector of columns. */
  static void affine(
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
    int vectors = (columns + L - 1) / L;
    int last = columns - L;
    int done = 0;
    while (done < vectors) {
      int left = vectors - done;
      int o0 = Math.min(done * L, last);
      int o1 = Math.min(o0 + L, last);
      int o2 = Math.min(o1 + L, last);
      if (rows < ROWS && left > 2) {
        int o3 = Math.min(o2 + L, last);
        block1x4(
            rows,
            inner,
            a,
            aOffset,
            aPitch,
            w,
            wOffset,
            wPitch,
            bias,
            biasOffset,
            c,
            cOffset,
            cPitch,
            o0,
            o1,
            o2,
            o3);
        done += 4;
      } else if (rows < ROWS) {
        block1x2(
            rows,
            inner,
            a,
            aOffset,
            aPitch,
            w,
            wOffset,
            wPitch,
            bias,
            biasOffset,
            c,
            cOffset,
            cPitch,
            o0,
            o1);
        done += 2;
      } else if (left == 3 || left > 4) {
        block4x3(
            rows,
            inner,
            a,
            aOffset,
            aPitch,
            w,
            wOffset,
            wPitch,
            bias,
            biasOffset,
            c,
            cOffset,
            cPitch,
            o0,
            o1,
            o2);
        done += 3;
      } else {
        block4x2(
            rows,
            inner,
            a,
            aOffset,
            aPitch,
            w,
            wOffset,
            wPitch,
            bias,
            biasOffset,
            c,
            cOffset,
            cPitch,
            o0,
            o1);
        done += 2;
      }
    }
  }

  /** Four rows by three vectors. */
  private static void block4x3(
      int rows,
      int inner,
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
      int cPitch,
      int o0,
      int o1,
      int o2) {
    for (int next = 0; next < rows; next += 4) {
      int first = Math.min(next, rows - 4);
      int a0 = aOffset + first * aPitch;
      int a1 = a0 + aPitch;
      int a2 = a1 + aPitch;
      int a3 = a2 + aPitch;
      FloatVector c00 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c01 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector c02 = FloatVector.fromArray(S, bias, biasOffset + o2);
      FloatVector c10 = c00;
      FloatVector c11 = c01;
      FloatVector c12 = c02;
      FloatVector c20 = c00;
      FloatVector c21 = c01;
      FloatVector c22 = c02;
      FloatVector c30 = c00;
      FloatVector c31 = c01;
      FloatVector c32 = c02;
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector w1 = FloatVector.fromArray(S, w, at + o1);
        FloatVector w2 = FloatVector.fromArray(S, w, at + o2);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        c01 = x0.fma(w1, c01);
        c02 = x0.fma(w2, c02);
        FloatVector x1 = FloatVector.broadcast(S, a[a1 + k]);
        c10 = x1.fma(w0, c10);
        c11 = x1.fma(w1, c11);
        c12 = x1.fma(w2, c12);
        FloatVector x2 = FloatVector.broadcast(S, a[a2 + k]);
        c20 = x2.fma(w0, c20);
        c21 = x2.fma(w1, c21);
        c22 = x2.fma(w2, c22);
        FloatVector x3 = FloatVector.broadcast(S, a[a3 + k]);
        c30 = x3.fma(w0, c30);
        c31 = x3.fma(w1, c31);
        c32 = x3.fma(w2, c32);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      c01.intoArray(c, to0 + o1);
      c02.intoArray(c, to0 + o2);
      int to1 = to0 + cPitch;
      c10.intoArray(c, to1 + o0);
      c11.intoArray(c, to1 + o1);
      c12.intoArray(c, to1 + o2);
      int to2 = to1 + cPitch;
      c20.intoArray(c, to2 + o0);
      c21.intoArray(c, to2 + o1);
      c22.intoArray(c, to2 + o2);
      int to3 = to2 + cPitch;
      c30.intoArray(c, to3 + o0);
      c31.intoArray(c, to3 + o1);
      c32.intoArray(c, to3 + o2);
    }
  }

  /** Four rows by two vectors. */
  private static void block4x2(
      int rows,
      int inner,
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
      int cPitch,
      int o0,
      int o1) {
    for (int next = 0; next < rows; next += 4) {
      int first = Math.min(next, rows - 4);
      int a0 = aOffset + first * aPitch;
      int a1 = a0 + aPitch;
      int a2 = a1 + aPitch;
      int a3 = a2 + aPitch;
      FloatVector c00 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c01 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector c10 = c00;
      FloatVector c11 = c01;
      FloatVector c20 = c00;
      FloatVector c21 = c01;
      FloatVector c30 = c00;
      FloatVector c31 = c01;
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector w1 = FloatVector.fromArray(S, w, at + o1);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        c01 = x0.fma(w1, c01);
        FloatVector x1 = FloatVector.broadcast(S, a[a1 + k]);
        c10 = x1.fma(w0, c10);
        c11 = x1.fma(w1, c11);
        FloatVector x2 = FloatVector.broadcast(S, a[a2 + k]);
        c20 = x2.fma(w0, c20);
        c21 = x2.fma(w1, c21);
        FloatVector x3 = FloatVector.broadcast(S, a[a3 + k]);
        c30 = x3.fma(w0, c30);
        c31 = x3.fma(w1, c31);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      c01.intoArray(c, to0 + o1);
      int to1 = to0 + cPitch;
      c10.intoArray(c, to1 + o0);
      c11.intoArray(c, to1 + o1);
      int to2 = to1 + cPitch;
      c20.intoArray(c, to2 + o0);
      c21.intoArray(c, to2 + o1);
      int to3 = to2 + cPitch;
      c30.intoArray(c, to3 + o0);
      c31.intoArray(c, to3 + o1);
    }
  }

  /** Single rows by four vectors. */
  private static void block1x4(
      int rows,
      int inner,
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
      int cPitch,
      int o0,
      int o1,
      int o2,
      int o3) {
    for (int first = 0; first < rows; first++) {
      int a0 = aOffset + first * aPitch;
      FloatVector c00 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c01 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector c02 = FloatVector.fromArray(S, bias, biasOffset + o2);
      FloatVector c03 = FloatVector.fromArray(S, bias, biasOffset + o3);
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector w1 = FloatVector.fromArray(S, w, at + o1);
        FloatVector w2 = FloatVector.fromArray(S, w, at + o2);
        FloatVector w3 = FloatVector.fromArray(S, w, at + o3);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        c01 = x0.fma(w1, c01);
        c02 = x0.fma(w2, c02);
        c03 = x0.fma(w3, c03);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      c01.intoArray(c, to0 + o1);
      c02.intoArray(c, to0 + o2);
      c03.intoArray(c, to0 + o3);
    }
  }

  /** Single rows by two vectors. */
  private static void block1x2(
      int rows,
      int inner,
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
      int cPitch,
      int o0,
      int o1) {
    for (int first = 0; first < rows; first++) {
      int a0 = aOffset + first * aPitch;
      FloatVector c00 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c01 = FloatVector.fromArray(S, bias, biasOffset + o1);
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector w1 = FloatVector.fromArray(S, w, at + o1);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        c01 = x0.fma(w1, c01);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      c01.intoArray(c, to0 + o1);
    }
  }
}
