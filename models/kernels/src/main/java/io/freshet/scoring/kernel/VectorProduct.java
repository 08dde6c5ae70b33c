package io.freshet.scoring.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * C = bias + A·W by the Vector API, in blocks that stay in registers: a row of W is loaded once for
 * four rows of A. The methods are long on purpose: what is longer than HotSpot's limit for inlining
 * (325 bytes of code) is compiled on its own, and no caller runs out of its budget in the middle of
 * a loop, where vectors would then be boxed.
 */
final class VectorProduct {

  private static final VectorSpecies<Float> S = VectorKernels.SPECIES;
  private static final int L = S.length();

  private VectorProduct() {}

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
      // Never a single vector beside others: alone it cannot keep the multipliers busy.
      if (left == 1) {
        done += 1;
        if (rows < 4) {
          columns1x1(
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
              o0);
        } else {
          columns1x4(
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
              o0);
        }
      } else if (left == 2 || left == 4) {
        done += 2;
        if (rows < 4) {
          columns2x1(
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
        } else {
          columns2x4(
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
        }
      } else {
        done += 3;
        if (rows < 4) {
          columns3x1(
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
        } else {
          columns3x4(
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
        }
      }
    }
  }

  /** 4 rows at a time of 3 vectors of columns. */
  private static void columns3x4(
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
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 4);
      int a0 = aOffset + first * aPitch;
      int a1 = a0 + aPitch;
      int a2 = a1 + aPitch;
      int a3 = a2 + aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector b1 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector b2 = FloatVector.fromArray(S, bias, biasOffset + o2);
      FloatVector c00 = b0;
      FloatVector c01 = b1;
      FloatVector c02 = b2;
      FloatVector c10 = b0;
      FloatVector c11 = b1;
      FloatVector c12 = b2;
      FloatVector c20 = b0;
      FloatVector c21 = b1;
      FloatVector c22 = b2;
      FloatVector c30 = b0;
      FloatVector c31 = b1;
      FloatVector c32 = b2;
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

  /** 4 rows at a time of 2 vectors of columns. */
  private static void columns2x4(
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
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 4);
      int a0 = aOffset + first * aPitch;
      int a1 = a0 + aPitch;
      int a2 = a1 + aPitch;
      int a3 = a2 + aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector b1 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector c00 = b0;
      FloatVector c01 = b1;
      FloatVector c10 = b0;
      FloatVector c11 = b1;
      FloatVector c20 = b0;
      FloatVector c21 = b1;
      FloatVector c30 = b0;
      FloatVector c31 = b1;
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

  /** 4 rows at a time of 1 vector of columns. */
  private static void columns1x4(
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
      int o0) {
    for (int next = 0; next < rows; next += 4) {
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 4);
      int a0 = aOffset + first * aPitch;
      int a1 = a0 + aPitch;
      int a2 = a1 + aPitch;
      int a3 = a2 + aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c00 = b0;
      FloatVector c10 = b0;
      FloatVector c20 = b0;
      FloatVector c30 = b0;
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        FloatVector x1 = FloatVector.broadcast(S, a[a1 + k]);
        c10 = x1.fma(w0, c10);
        FloatVector x2 = FloatVector.broadcast(S, a[a2 + k]);
        c20 = x2.fma(w0, c20);
        FloatVector x3 = FloatVector.broadcast(S, a[a3 + k]);
        c30 = x3.fma(w0, c30);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      int to1 = to0 + cPitch;
      c10.intoArray(c, to1 + o0);
      int to2 = to1 + cPitch;
      c20.intoArray(c, to2 + o0);
      int to3 = to2 + cPitch;
      c30.intoArray(c, to3 + o0);
    }
  }

  /** 1 row at a time of 3 vectors of columns. */
  private static void columns3x1(
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
    for (int next = 0; next < rows; next += 1) {
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 1);
      int a0 = aOffset + first * aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector b1 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector b2 = FloatVector.fromArray(S, bias, biasOffset + o2);
      FloatVector c00 = b0;
      FloatVector c01 = b1;
      FloatVector c02 = b2;
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector w1 = FloatVector.fromArray(S, w, at + o1);
        FloatVector w2 = FloatVector.fromArray(S, w, at + o2);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        c01 = x0.fma(w1, c01);
        c02 = x0.fma(w2, c02);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
      c01.intoArray(c, to0 + o1);
      c02.intoArray(c, to0 + o2);
    }
  }

  /** 1 row at a time of 2 vectors of columns. */
  private static void columns2x1(
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
    for (int next = 0; next < rows; next += 1) {
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 1);
      int a0 = aOffset + first * aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector b1 = FloatVector.fromArray(S, bias, biasOffset + o1);
      FloatVector c00 = b0;
      FloatVector c01 = b1;
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

  /** 1 row at a time of 1 vector of columns. */
  private static void columns1x1(
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
      int o0) {
    for (int next = 0; next < rows; next += 1) {
      // The last block goes back over rows that are done: same inputs, same bits.
      int first = Math.min(next, rows - 1);
      int a0 = aOffset + first * aPitch;
      FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset + o0);
      FloatVector c00 = b0;
      int at = wOffset;
      for (int k = 0; k < inner; k++) {
        FloatVector w0 = FloatVector.fromArray(S, w, at + o0);
        FloatVector x0 = FloatVector.broadcast(S, a[a0 + k]);
        c00 = x0.fma(w0, c00);
        at += wPitch;
      }
      int to0 = cOffset + first * cPitch;
      c00.intoArray(c, to0 + o0);
    }
  }
}
