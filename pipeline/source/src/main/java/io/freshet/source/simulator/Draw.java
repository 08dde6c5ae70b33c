package io.freshet.source.simulator;

/**
 * Randomness that is a function of what it is drawn for: a hash of the seed, a purpose and two
 * numbers. Used wherever a value must be the same whoever asks for it first. Transcendental
 * functions are {@link StrictMath}'s, so that every machine draws the same bits.
 */
final class Draw {

  /** What a value is drawn for; two purposes never share a value. */
  enum Purpose {
    BLOCK,
    CATEGORY,
    BRAND,
    ITEM,
    USER,
    INTEREST,
    SESSION
  }

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long key;

  Draw(long seed, Purpose purpose) {
    this.key = mix(mix(seed + GOLDEN) ^ (GOLDEN * (purpose.ordinal() + 1L)));
  }

  /** 64 uniform bits of (a, b). */
  long bits(long a, long b) {
    return mix(mix(key ^ (a * 0xD1B54A32D192ED03L)) + b * GOLDEN);
  }

  /** Uniform in [0, 1). */
  double unit(long a, long b) {
    return unit(bits(a, b));
  }

  /** Uniform in 0 .. bound - 1; the bias for the small bounds used here is below 2^-50. */
  int below(int bound, long a, long b) {
    return (int) (unit(a, b) * bound);
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller 1958). */
  double normal(long a, long b) {
    long first = bits(a, b);
    return normal(unit(first), unit(mix(first + GOLDEN)));
  }

  static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  static double normal(double first, double second) {
    return StrictMath.sqrt(-2 * StrictMath.log(1 - first)) * StrictMath.cos(2 * Math.PI * second);
  }

  /**
   * Stafford's variant 13 of the MurmurHash3 finaliser, as in SplitMix64 (Steele, Lea, Flood 2014).
   */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Draws that follow one another, within one block. */
  static final class Sequence {
    private long state;

    Sequence(long start) {
      this.state = start;
    }

    double unit() {
      state += GOLDEN;
      return Draw.unit(mix(state));
    }

    int below(int bound) {
      return (int) (unit() * bound);
    }

    double normal() {
      double first = unit();
      return Draw.normal(first, unit());
    }
  }
}
