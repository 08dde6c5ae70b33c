package io.freshet.serving;

import io.freshet.scoring.state.HashValue;
import java.util.Arrays;

/** Sums of hash terms, one for each region of a tensor or table; those not met yet are zero. */
final class RegionSums {

  private long[] high = new long[1];
  private long[] low = new long[1];

  void add(int region, HashValue term) {
    grow(region);
    high[region] += term.high();
    low[region] += term.low();
  }

  void subtract(int region, HashValue term) {
    grow(region);
    high[region] -= term.high();
    low[region] -= term.low();
  }

  HashValue of(int region) {
    return region < high.length ? new HashValue(high[region], low[region]) : HashValue.EMPTY;
  }

  private void grow(int region) {
    if (region >= high.length) {
      int size = Math.max(region + 1, 2 * high.length);
      high = Arrays.copyOf(high, size);
      low = Arrays.copyOf(low, size);
    }
  }
}
