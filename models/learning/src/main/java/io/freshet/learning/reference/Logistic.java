package io.freshet.learning.reference;

/**
 * The logistic function and its inverse, by {@link StrictMath}: the same bits on every machine,
 * which {@link Math} does not promise.
 */
final class Logistic {

  private Logistic() {}

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /**
   * @param p strictly between 0 and 1
   */
  static double logit(double p) {
    return StrictMath.log(p) - StrictMath.log1p(-p);
  }
}
