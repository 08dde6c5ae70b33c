package io.freshet.bench.results;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Mean and sample standard deviation of a figure over seeds.
 *
 * @param deviation null for a single seed
 */
record Spread(double mean, @Nullable Double deviation) {

  /** Null where a seed lacks the figure. */
  static @Nullable Spread of(List<@Nullable Double> values) {
    if (values.isEmpty() || values.stream().anyMatch(Objects::isNull)) {
      return null;
    }
    double mean = 0;
    for (Double value : values) {
      mean += Objects.requireNonNull(value) / values.size();
    }
    if (values.size() == 1) {
      return new Spread(mean, null);
    }
    double squares = 0;
    for (Double value : values) {
      double off = Objects.requireNonNull(value) - mean;
      squares += off * off;
    }
    return new Spread(mean, Math.sqrt(squares / (values.size() - 1)));
  }

  /** As in a table: {@code 0.23456 ± 0.00012}. */
  static String text(@Nullable Spread spread, int digits) {
    if (spread == null) {
      return "–";
    }
    String mean = String.format(Locale.ROOT, "%." + digits + "f", spread.mean);
    return spread.deviation == null
        ? mean
        : mean + String.format(Locale.ROOT, " ± %." + digits + "f", spread.deviation);
  }
}
