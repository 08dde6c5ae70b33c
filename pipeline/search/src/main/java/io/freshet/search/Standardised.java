package io.freshet.search;

import java.util.Arrays;

/** Scores brought to mean 0 and deviation 1, so that those of different rankers can be added. */
final class Standardised {

  private Standardised() {}

  /** Zeros where all scores are equal. */
  static double[] of(double[] scores) {
    double mean = Arrays.stream(scores).average().orElse(0);
    double squares = Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).sum();
    double deviation = Math.sqrt(squares / Math.max(1, scores.length));
    return Arrays.stream(scores).map(s -> deviation > 0 ? (s - mean) / deviation : 0).toArray();
  }
}
