package io.freshet.scoring.feature;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * 64-bit ids of strings: XXH3-64 (seed 0) of the UTF-8 bytes. Two values are reserved, and a string
 * that hashes to one of them gets {@value #FIRST_FREE} instead.
 */
public final class Ids {

  /** The row that stands for every id that has no row of its own. */
  public static final long SHARED = 0;

  /** The id of a missing value. */
  public static final long MISSING = 1;

  private static final long FIRST_FREE = 2;
  private static final Hasher64 HASHER = Hashing.xxh3_64();

  private Ids() {}

  /** The id of {@code text}. */
  public static long of(String text) {
    return free(HASHER.hashBytesToLong(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The id of a combination: XXH3-64 of the ids as little-endian 64-bit integers, in order. */
  public static long cross(long... ids) {
    byte[] bytes = new byte[ids.length * Long.BYTES];
    for (int i = 0; i < ids.length; i++) {
      for (int b = 0; b < Long.BYTES; b++) {
        bytes[i * Long.BYTES + b] = (byte) (ids[i] >>> (8 * b));
      }
    }
    return free(HASHER.hashBytesToLong(bytes));
  }

  private static long free(long hash) {
    return hash == SHARED || hash == MISSING ? FIRST_FREE : hash;
  }
}
