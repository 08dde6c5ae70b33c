package io.freshet.learning.metric;

/**
 * The SplitMix64 generator (Steele, Lea, Flood, OOPSLA 2014), written out so that its numbers are
 * the same on every JDK.
 */
final class SplitMix {

  private long state;

  SplitMix(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /**
   * From 0 to {@code bound} − 1; the bias of at most bound / 2^32 is far below a bootstrap's noise.
   */
  int below(int bound) {
    return (int) ((next() >>> 32) * bound >>> 32);
  }
}
