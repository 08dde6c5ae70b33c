package io.freshet.scoring.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API, in the machine's preferred width, bit by bit the plain ones.
 *
 * <p>{@link FloatMath#exp} is written out where it is needed: a method of its own would fall out of
 * HotSpot's budget for inlining behind the vector operations before it, and every vector that
 * passes a call is boxed (measured: ten times slower). Written out, the methods are also longer
 * than what HotSpot inlines into callers (325 bytes of code), so that no caller's size decides
 * their speed.
 */
final class VectorKernels implements Kernels {

  /** Wider vectors than {@link Kernels#LANES} would leave rests. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() <= LANES
          ? FloatVector.SPECIES_PREFERRED
          : FloatVector.SPECIES_512;

  private static final VectorSpecies<Float> S = SPECIES;
  private static final int L = S.length();
  private static final PlainKernels PLAIN = PlainKernels.INSTANCE;

  VectorKernels() {}

  /** Whether the machine has vectors of at least four floats. */
  static boolean worthwhile() {
    return L >= 4;
  }

  @Override
  public String name() {
    return "vector-" + S.vectorBitSize();
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
    if (columns < L) {
      PLAIN.affine(
          rows,
          inner,
          columns,
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
          cPitch);
    } else {
      VectorProduct.affine(
          rows,
          inner,
          columns,
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
          cPitch);
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
    PLAIN.project(rows, inner, a, aOffset, aPitch, w, bias, out, outOffset);
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
    int whole = S.loopBound(columns);
    for (int r = 0; r < rows; r++) {
      int at = r * columns;
      float factor = q[qOffset + r];
      FloatVector x = FloatVector.broadcast(S, factor);
      for (int j = at; j < at + whole; j += L) {
        FloatVector sum =
            x.fma(FloatVector.fromArray(S, p, pOffset + j), FloatVector.fromArray(S, base, j));
        sum.intoArray(out, j);
      }
      for (int j = at + whole; j < at + columns; j++) {
        out[j] = Math.fma(factor, p[pOffset + j], base[j]);
      }
    }
  }

  @Override
  public void sigmoid(float[] x, int offset, int count) {
    FloatVector min = FloatVector.broadcast(S, FloatMath.EXP_MIN);
    FloatVector max = FloatVector.broadcast(S, FloatMath.EXP_MAX);
    FloatVector log2e = FloatVector.broadcast(S, FloatMath.LOG2_E);
    FloatVector rounder = FloatVector.broadcast(S, FloatMath.ROUNDER);
    FloatVector high = FloatVector.broadcast(S, -FloatMath.LN2_HIGH);
    FloatVector low = FloatVector.broadcast(S, -FloatMath.LN2_LOW);
    FloatVector e5 = FloatVector.broadcast(S, FloatMath.EXP_5);
    FloatVector e4 = FloatVector.broadcast(S, FloatMath.EXP_4);
    FloatVector e3 = FloatVector.broadcast(S, FloatMath.EXP_3);
    FloatVector e2 = FloatVector.broadcast(S, FloatMath.EXP_2);
    FloatVector e1 = FloatVector.broadcast(S, FloatMath.EXP_1);
    FloatVector e0 = FloatVector.broadcast(S, FloatMath.EXP_0);
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int i = offset; i < offset + count; i += L) {
      FloatVector x0 = FloatVector.fromArray(S, x, i).neg();
      FloatVector cut = x0.max(min).min(max);
      FloatVector shifted = cut.fma(log2e, rounder);
      FloatVector n = shifted.sub(rounder);
      FloatVector r = n.fma(low, n.fma(high, cut));
      FloatVector p = e5.fma(r, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, e0);
      IntVector power =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, FloatMath.MANTISSA_BITS);
      IntVector y = p.fma(r.mul(r), r).add(one).reinterpretAsInts();
      FloatVector e = y.add(power).reinterpretAsFloats();
      one.div(one.add(e)).intoArray(x, i);
    }
  }

  @Override
  public void relu(float[] x, int offset, int count) {
    for (int i = offset; i < offset + count; i += L) {
      FloatVector s = FloatVector.fromArray(S, x, i);
      VectorMask<Float> off = s.compare(VectorOperators.LE, 0f);
      s.blend(0f, off).intoArray(x, i);
    }
  }

  @Override
  public void prelu(float[] x, int offset, int rows, int pitch, float[] alpha) {
    for (int r = 0; r < rows; r++) {
      int at = offset + r * pitch;
      for (int j = 0; j < pitch; j += L) {
        FloatVector s = FloatVector.fromArray(S, x, at + j);
        VectorMask<Float> on = s.compare(VectorOperators.GT, 0f);
        FloatVector.fromArray(S, alpha, j).mul(s).blend(s, on).intoArray(x, at + j);
      }
    }
  }

  @Override
  public void dice(
      float[] x, int offset, int rows, int pitch, float[] mean, float[] scale, float[] alpha) {
    FloatVector min = FloatVector.broadcast(S, FloatMath.EXP_MIN);
    FloatVector max = FloatVector.broadcast(S, FloatMath.EXP_MAX);
    FloatVector log2e = FloatVector.broadcast(S, FloatMath.LOG2_E);
    FloatVector rounder = FloatVector.broadcast(S, FloatMath.ROUNDER);
    FloatVector high = FloatVector.broadcast(S, -FloatMath.LN2_HIGH);
    FloatVector low = FloatVector.broadcast(S, -FloatMath.LN2_LOW);
    FloatVector e5 = FloatVector.broadcast(S, FloatMath.EXP_5);
    FloatVector e4 = FloatVector.broadcast(S, FloatMath.EXP_4);
    FloatVector e3 = FloatVector.broadcast(S, FloatMath.EXP_3);
    FloatVector e2 = FloatVector.broadcast(S, FloatMath.EXP_2);
    FloatVector e1 = FloatVector.broadcast(S, FloatMath.EXP_1);
    FloatVector e0 = FloatVector.broadcast(S, FloatMath.EXP_0);
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int j = 0; j < pitch; j += L) {
      FloatVector m = FloatVector.fromArray(S, mean, j);
      FloatVector f = FloatVector.fromArray(S, scale, j);
      FloatVector a = FloatVector.fromArray(S, alpha, j);
      int end = offset + j + rows * pitch;
      for (int at = offset + j; at < end; at += pitch) {
        FloatVector s = FloatVector.fromArray(S, x, at);
        FloatVector x0 = s.sub(m).mul(f).neg();
        FloatVector cut = x0.max(min).min(max);
        FloatVector shifted = cut.fma(log2e, rounder);
        FloatVector n = shifted.sub(rounder);
        FloatVector r = n.fma(low, n.fma(high, cut));
        FloatVector p = e5.fma(r, e4).fma(r, e3).fma(r, e2).fma(r, e1).fma(r, e0);
        IntVector power =
            shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, FloatMath.MANTISSA_BITS);
        IntVector y = p.fma(r.mul(r), r).add(one).reinterpretAsInts();
        FloatVector q = one.div(one.add(y.add(power).reinterpretAsFloats()));
        s.mul(one.sub(q).fma(a, q)).intoArray(x, at);
      }
    }
  }

  /** In plain loops: a history is short, and its sum is one chain anyway. */
  @Override
  public void softmax(float[] x, int offset, int count) {
    PLAIN.softmax(x, offset, count);
  }
}
