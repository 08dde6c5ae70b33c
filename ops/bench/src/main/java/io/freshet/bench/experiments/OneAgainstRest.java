package io.freshet.bench.experiments;

/** Several classes by a probability of each against the rest. */
final class OneAgainstRest {

  private OneAgainstRest() {}

  /** 1 where a row is of class {@code k}, of rows {@code from} to {@code to} − 1. */
  static double[] labels(TableStream stream, int k, int from, int to) {
    double[] labels = new double[to - from];
    for (int r = from; r < to; r++) {
      labels[r - from] = stream.labels()[r] == k ? 1 : 0;
    }
    return labels;
  }

  /**
   * The sum of log losses once a row's probabilities are divided by their sum.
   *
   * @param probabilities [classes][rows]
   */
  static double loss(TableStream stream, int from, int to, double[][] probabilities) {
    double loss = 0;
    for (int r = from; r < to; r++) {
      double sum = 0;
      for (double[] ofClass : probabilities) {
        sum += Math.max(Float.MIN_NORMAL, ofClass[r - from]);
      }
      double own = probabilities[(int) stream.labels()[r]][r - from];
      loss -= Math.log(Math.max(Float.MIN_NORMAL, own) / sum);
    }
    return loss;
  }
}
