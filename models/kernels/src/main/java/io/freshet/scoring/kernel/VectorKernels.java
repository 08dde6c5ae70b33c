package io.freshet.scoring.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The kernels by the Vector API, in the machine's preferred width, bit by bit the plain ones. */
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
    for (int i = offset; i < offset + count; i += L) {
      sigmoid(FloatVector.fromArray(S, x, i)).intoArray(x, i);
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
    for (int r = 0; r < rows; r++) {
      int at = offset + r * pitch;
      for (int j = 0; j < pitch; j += L) {
        FloatVector s = FloatVector.fromArray(S, x, at + j);
        FloatVector z =
            s.sub(FloatVector.fromArray(S, mean, j)).mul(FloatVector.fromArray(S, scale, j));
        FloatVector p = sigmoid(z);
        FloatVector rest = FloatVector.broadcast(S, 1f).sub(p);
        s.mul(rest.fma(FloatVector.fromArray(S, alpha, j), p)).intoArray(x, at + j);
      }
    }
  }

  @Override
  public void softmax(float[] x, int offset, int count) {
    if (count == 0) {
      return;
    }
    float max = PlainKernels.max(x, offset, count);
    int whole = offset + S.loopBound(count);
    for (int i = offset; i < whole; i += L) {
      exp(FloatVector.fromArray(S, x, i).sub(max)).intoArray(x, i);
    }
    for (int i = whole; i < offset + count; i++) {
      x[i] = FloatMath.exp(x[i] - max);
    }
    PlainKernels.divideBySum(x, offset, count);
  }

  private static FloatVector sigmoid(FloatVector x) {
    FloatVector one = FloatVector.broadcast(S, 1f);
    return one.div(one.add(exp(x.neg())));
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector cut = x.max(FloatMath.EXP_MIN).min(FloatMath.EXP_MAX);
    FloatVector shifted = cut.fma(constant(FloatMath.LOG2_E), constant(FloatMath.ROUNDER));
    FloatVector n = shifted.sub(FloatMath.ROUNDER);
    FloatVector r = n.fma(constant(-FloatMath.LN2_LOW), n.fma(constant(-FloatMath.LN2_HIGH), cut));
    FloatVector p = constant(FloatMath.EXP_5).fma(r, constant(FloatMath.EXP_4));
    p = p.fma(r, constant(FloatMath.EXP_3));
    p = p.fma(r, constant(FloatMath.EXP_2));
    p = p.fma(r, constant(FloatMath.EXP_1));
    p = p.fma(r, constant(FloatMath.EXP_0));
    FloatVector y = p.fma(r.mul(r), r).add(1f);
    IntVector power =
        shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, FloatMath.MANTISSA_BITS);
    return y.reinterpretAsInts().add(power).reinterpretAsFloats();
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }
}
