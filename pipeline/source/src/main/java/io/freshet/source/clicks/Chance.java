package io.freshet.source.clicks;

/**
 * Draws that follow one another and are a function of a seed and an ordinal: SplitMix64 (Steele,
 * Lea, Flood 2014). Transcendental functions are {@link StrictMath}'s, so that every machine draws
 * the same bits.
 */
public final class Chance {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  public Chance(long seed, long ordinal) {
    this.state = mix(mix(seed + GOLDEN) ^ (ordinal * 0xD1B54A32D192ED03L));
  }

  /** Uniform in [0, 1). */
  public double unit() {
    state += GOLDEN;
    return (mix(state) >>> 11) * 0x1p-53;
  }

  /** Uniform in 0 .. bound - 1; the bias for bounds up to a million is below 2^-33. */
  public int below(int bound) {
    return (int) (unit() * bound);
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller 1958). */
  public double normal() {
    double first = unit();
    return StrictMath.sqrt(-2 * StrictMath.log(1 - first)) * StrictMath.cos(2 * Math.PI * unit());
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
