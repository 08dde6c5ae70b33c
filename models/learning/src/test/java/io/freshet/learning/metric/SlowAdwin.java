package io.freshet.learning.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * ADWIN as the paper says it, over the values themselves: the window is a list of numbers, the
 * buckets are only a count per size, and every mean is summed anew.
 */
final class SlowAdwin {

  private final double delta;
  private final double range;
  private final List<Double> window = new ArrayList<>();

  /** Exponent of a bucket's size to the number of buckets. */
  private final TreeMap<Integer, Integer> rows = new TreeMap<>();

  SlowAdwin(double delta, double range) {
    this.delta = delta;
    this.range = range;
  }

  /** The direction in which the mean changed: 1, −1 or 0. */
  int add(double value) {
    window.add(value);
    rows.merge(0, 1, Integer::sum);
    for (int exponent = 0; rows.getOrDefault(exponent, 0) > 5; exponent++) {
      rows.merge(exponent, -2, Integer::sum);
      rows.merge(exponent + 1, 1, Integer::sum);
    }
    rows.values().removeIf(count -> count == 0);
    int direction = 0;
    int found = direction();
    while (found != 0) {
      direction = found;
      int largest = rows.lastKey();
      window.subList(0, 1 << largest).clear();
      rows.merge(largest, -1, Integer::sum);
      rows.values().removeIf(count -> count == 0);
      found = direction();
    }
    return direction;
  }

  int width() {
    return window.size();
  }

  double mean() {
    return mean(window);
  }

  private int direction() {
    int n = window.size();
    double mean = mean(window);
    double variance = window.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum() / n;
    double log = Math.log(2 / (delta / Math.log(n)));
    int split = 0;
    for (Map.Entry<Integer, Integer> row : rows.descendingMap().entrySet()) {
      for (int k = 0; k < row.getValue(); k++) {
        split += 1 << row.getKey();
        if (split >= 5 && n - split >= 5) {
          double before = mean(window.subList(0, split));
          double after = mean(window.subList(split, n));
          double m = 1 / (1.0 / split + 1.0 / (n - split));
          double epsilon = Math.sqrt(2 / m * variance * log) + 2 / (3 * m) * range * log;
          if (Math.abs(after - before) > epsilon) {
            return after > before ? 1 : -1;
          }
        }
      }
    }
    return 0;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(x -> x).average().orElse(0);
  }
}
