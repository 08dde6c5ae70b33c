package io.freshet.scoring.state;

import java.util.Arrays;

/** The canonical order of ids: ascending as unsigned integers. */
public final class UnsignedIds {

  private UnsignedIds() {}

  /** Sorts in place, and returns the same array. */
  public static long[] sort(long[] ids) {
    flip(ids);
    Arrays.sort(ids);
    flip(ids);
    return ids;
  }

  private static void flip(long[] ids) {
    for (int i = 0; i < ids.length; i++) {
      ids[i] ^= Long.MIN_VALUE;
    }
  }
}
