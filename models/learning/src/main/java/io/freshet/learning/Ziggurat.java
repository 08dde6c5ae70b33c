package io.freshet.learning;

/**
 * Standard normal numbers from 64 uniform bits by the ziggurat of Marsaglia and Tsang (Journal of
 * Statistical Software 5(8), 2000) in the form of Doornik (2005): 128 strips of equal area, 98 % of
 * the draws cost one multiplication. Tables and the rare branches use {@link StrictMath}, so that
 * every machine gives the same bits.
 */
final class Ziggurat {

  private static final int STRIPS = 128;
  private static final double TAIL = 3.442619855899;
  private static final double AREA = 9.91256303526217e-3;

  /** [128 + 1] right edges, falling; [128] the part of a strip that lies under the curve. */
  private static final double[] EDGE = edges();

  private static final double[] SAFE = safe();

  private Ziggurat() {}

  /** The normal number of these bits, which must be a mixed hash. */
  static double normal(long bits) {
    long z = bits;
    while (true) {
      int strip = (int) (z & (STRIPS - 1));
      double u = (z >> 11) * 0x1p-52;
      if (Math.abs(u) < SAFE[strip]) {
        return u * EDGE[strip];
      }
      if (strip == 0) {
        return tail(z, u < 0);
      }
      double x = u * EDGE[strip];
      double high = StrictMath.exp(-0.5 * (EDGE[strip] * EDGE[strip] - x * x));
      double low = StrictMath.exp(-0.5 * (EDGE[strip + 1] * EDGE[strip + 1] - x * x));
      z = HashedNormal.next(z);
      if (low + uniform(z) * (high - low) < 1) {
        return x;
      }
      z = HashedNormal.next(z);
    }
  }

  private static double tail(long bits, boolean negative) {
    long z = bits;
    while (true) {
      z = HashedNormal.next(z);
      double x = StrictMath.log(1 - uniform(z)) / TAIL;
      z = HashedNormal.next(z);
      double y = StrictMath.log(1 - uniform(z));
      if (-2 * y >= x * x) {
        return negative ? x - TAIL : TAIL - x;
      }
    }
  }

  private static double uniform(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  private static double[] edges() {
    double[] edges = new double[STRIPS + 1];
    double density = StrictMath.exp(-0.5 * TAIL * TAIL);
    edges[0] = AREA / density;
    edges[1] = TAIL;
    for (int i = 2; i < STRIPS; i++) {
      edges[i] = StrictMath.sqrt(-2 * StrictMath.log(AREA / edges[i - 1] + density));
      density = StrictMath.exp(-0.5 * edges[i] * edges[i]);
    }
    return edges;
  }

  private static double[] safe() {
    double[] safe = new double[STRIPS];
    for (int i = 0; i < STRIPS; i++) {
      safe[i] = EDGE[i + 1] / EDGE[i];
    }
    return safe;
  }
}
