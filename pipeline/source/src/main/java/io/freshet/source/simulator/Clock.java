package io.freshet.source.simulator;

/**
 * Where blocks begin in event time.
 *
 * @param blockMs length of a block, milliseconds, not rounded
 */
record Clock(double blockMs) {

  /** 2024-01-01T00:00:00Z, the same for every run: event time is a function of the index. */
  static final long START = 1_704_067_200_000L;

  /** First millisecond of the block. */
  long begin(long block) {
    return START + (long) StrictMath.floor(block * blockMs);
  }

  /** The millisecond at {@code fraction} of the block, 0 <= fraction < 1, always within it. */
  long within(long block, double fraction) {
    long begin = begin(block);
    long last = Math.max(begin, begin(block + 1) - 1);
    return Math.min(last, begin + (long) (fraction * (last - begin + 1)));
  }
}
