package io.freshet.scoring.colbert;

/**
 * Vectors of random signs that are a function of a key: nearly orthogonal to each other, the same
 * bits on every machine, and never stored. SplitMix64 gives 64 signs at a time.
 */
final class HashedSigns {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private HashedSigns() {}

  static long key(long seed, long id) {
    return mix(mix(seed + GOLDEN) ^ id);
  }

  /** Adds +scale or −scale to every float. */
  static void addTo(long key, float scale, float[] to, int offset, int count) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      if ((i & 63) == 0) {
        bits = mix(key + GOLDEN * ((i >>> 6) + 1L));
      }
      to[offset + i] += (bits & 1) == 0 ? scale : -scale;
      bits >>>= 1;
    }
  }

  private static long mix(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
