package io.freshet.scoring.kernel;

/**
 * Elementary functions of floats by fixed polynomials, so that every machine, JVM and vector width
 * gives the same bits. Accurate to 2 units in the last place (coefficients of Moshier's Cephes).
 */
public final class FloatMath {

  /** Beyond these arguments {@link #exp} stays at its value there, a normal float. */
  static final float EXP_MIN = -87f;

  static final float EXP_MAX = 88f;

  /** 1.5·2^23: adding it rounds a float to an integer, which then lies in the low bits. */
  static final float ROUNDER = 12_582_912f;

  static final int MANTISSA_BITS = 23;
  static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts, the first exact in few bits. */
  static final float LN2_HIGH = 0.693359375f;

  static final float LN2_LOW = -2.12194440e-4f;

  static final float EXP_5 = 1.9875691500e-4f;
  static final float EXP_4 = 1.3981999507e-3f;
  static final float EXP_3 = 8.3334519073e-3f;
  static final float EXP_2 = 4.1665795894e-2f;
  static final float EXP_1 = 1.6666665459e-1f;
  static final float EXP_0 = 5.0000001201e-1f;

  private static final float SQRT_HALF = 0.70710678f;

  private FloatMath() {}

  /** e^x, for x cut to [-87, 88]; NaN for NaN. */
  public static float exp(float x) {
    float cut = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
    float shifted = Math.fma(cut, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, cut));
    float p = Math.fma(EXP_5, r, EXP_4);
    p = Math.fma(p, r, EXP_3);
    p = Math.fma(p, r, EXP_2);
    p = Math.fma(p, r, EXP_1);
    p = Math.fma(p, r, EXP_0);
    float y = Math.fma(p, r * r, r) + 1f;
    int power = Float.floatToRawIntBits(shifted) << MANTISSA_BITS;
    return Float.intBitsToFloat(Float.floatToRawIntBits(y) + power);
  }

  /** 1 / (1 + e^-x). */
  public static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** The natural logarithm of a positive normal float. */
  public static float ln(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits >> MANTISSA_BITS) - 126;
    float m = Float.intBitsToFloat((bits & 0x007FFFFF) | 0x3F000000);
    if (m < SQRT_HALF) {
      exponent--;
      m += m;
    }
    float f = m - 1f;
    float z = f * f;
    float p = Math.fma(7.0376836292e-2f, f, -1.1514610310e-1f);
    p = Math.fma(p, f, 1.1676998740e-1f);
    p = Math.fma(p, f, -1.2420140846e-1f);
    p = Math.fma(p, f, 1.4249322787e-1f);
    p = Math.fma(p, f, -1.6668057665e-1f);
    p = Math.fma(p, f, 2.0000714765e-1f);
    p = Math.fma(p, f, -2.4999993993e-1f);
    p = Math.fma(p, f, 3.3333331174e-1f);
    float y = p * f * z;
    y = Math.fma(exponent, LN2_LOW, y);
    y = Math.fma(-0.5f, z, y);
    return Math.fma(exponent, LN2_HIGH, f + y);
  }
}
