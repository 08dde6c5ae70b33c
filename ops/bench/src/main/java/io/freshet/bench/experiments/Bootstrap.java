package io.freshet.bench.experiments;

import io.freshet.source.clicks.Chance;
import java.util.Arrays;
import java.util.Locale;

/**
 * The mean of paired differences and its interval by the percentile bootstrap over pairs (Efron
 * 1979): what {@value #LEVEL} percent of the means of {@value #DRAWS} redrawn samples lie between.
 */
record Bootstrap(double mean, double low, double high) {

  static final int DRAWS = 2_000;
  static final int LEVEL = 95;

  static Bootstrap of(double[] differences) {
    Chance chance = new Chance(1, differences.length);
    double[] means = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += differences[chance.below(differences.length)];
      }
      means[draw] = sum / differences.length;
    }
    Arrays.sort(means);
    int cut = DRAWS * (100 - LEVEL) / 200;
    return new Bootstrap(Page.mean(differences), means[cut], means[DRAWS - 1 - cut]);
  }

  static Bootstrap of(double[] one, double[] other) {
    double[] differences = new double[one.length];
    Arrays.setAll(differences, i -> one[i] - other[i]);
    return of(differences);
  }

  /** As in a table: {@code +0.0123 [+0.0011, +0.0240]}. */
  String text() {
    return String.format(Locale.ROOT, "%+.4f [%+.4f, %+.4f]", mean, low, high);
  }

  /** Bold where the whole interval is above 0. */
  String marked() {
    return low > 0 ? "**" + text() + "**" : text();
  }
}
