package io.freshet.source.data;

import io.freshet.source.data.Purchases.Purchase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Draws items that a basket does not hold, from purchases before it. A draw is a function of (seed,
 * line of the purchase) and what was bought before.
 */
final class Negatives {

  /** How likely an item is. */
  enum Kind {
    /** In proportion to how often it was bought so far. */
    PURCHASES,
    /** The same for all items bought so far. */
    UNIFORM
  }

  private final long seed;
  private final Kind kind;
  private final List<String> choices = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();

  Negatives(long seed, Kind kind) {
    this.seed = seed;
    this.kind = kind;
  }

  void bought(List<Purchase> purchases) {
    for (Purchase purchase : purchases) {
      int count = counts.merge(purchase.item(), 1, Integer::sum);
      if (kind == Kind.PURCHASES || count == 1) {
        choices.add(purchase.item());
      }
    }
  }

  /** Null if nothing outside the basket was bought so far. */
  @Nullable String draw(Set<String> basket, long line) {
    int outside = choices.size();
    for (String item : basket) {
      int count = counts.getOrDefault(item, 0);
      outside -= kind == Kind.PURCHASES ? count : Math.min(count, 1);
    }
    if (outside == 0) {
      return null;
    }
    for (long attempt = 0; ; attempt++) {
      long bits = mix(mix(mix(seed) ^ line) + attempt * 0x9E3779B97F4A7C15L);
      String item = choices.get((int) ((bits >>> 11) * 0x1p-53 * choices.size()));
      if (!basket.contains(item)) {
        return item;
      }
    }
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
