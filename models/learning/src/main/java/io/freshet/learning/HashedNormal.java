package io.freshet.learning;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Normal numbers that are a function of a name: XXH3-64 of seed, names and ids gives a key,
 * SplitMix64 of key and index gives uniform numbers, Box-Muller normal ones. No generator has a
 * state to carry, and {@link StrictMath} gives the same bits on every machine.
 */
public final class HashedNormal {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double TWO_TO_MINUS_53 = 0x1p-53;

  private HashedNormal() {}

  /**
   * The key of a name under a seed. Parts are told apart: ("ab", "c") is another name than ("a",
   * "bc").
   */
  public static long key(long seed, String... parts) {
    long key = seed;
    for (String part : parts) {
      key =
          mix(key + GOLDEN)
              ^ Hashing.xxh3_64().hashBytesToLong(part.getBytes(StandardCharsets.UTF_8));
    }
    return mix(key);
  }

  /** The key of one id below {@code key}. */
  public static long key(long key, long id) {
    return mix(mix(key + GOLDEN) ^ id);
  }

  /** Fills {@code count} floats with draws of mean 0 and the given standard deviation. */
  public static void fill(long key, double deviation, float[] into, int offset, int count) {
    for (int i = 0; i < count; i += 2) {
      double radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(key, i)));
      double angle = 2 * StrictMath.PI * uniform(key, i + 1);
      into[offset + i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < count) {
        into[offset + i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
  }

  /**
   * Adds {@code deviation} times a draw to every float of {@code to}: for millions of draws a
   * second, which are others than those of {@link #fill}.
   */
  public static void addTo(long key, double deviation, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += (float) (deviation * Ziggurat.normal(mix(key + GOLDEN * (i + 1L))));
    }
  }

  /** Further bits where those of a draw do not suffice. */
  static long next(long bits) {
    return mix(bits + GOLDEN);
  }

  /** The {@code index}-th uniform number in [0, 1) of a key. */
  public static double uniform(long key, int index) {
    return (mix(key + GOLDEN * (index + 1L)) >>> 11) * TWO_TO_MINUS_53;
  }

  private static long mix(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
