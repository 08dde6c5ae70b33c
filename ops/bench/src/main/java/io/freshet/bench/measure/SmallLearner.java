package io.freshet.bench.measure;

/** Logistic regression by steps of a constant rate on batches: it never stops wobbling. */
final class SmallLearner {

  private final double rate;
  private final double[] weights;
  private final double[] gradient;

  SmallLearner(double rate) {
    this(rate, new double[SmallWorld.FEATURES + 1]);
  }

  private SmallLearner(double rate, double[] weights) {
    this.rate = rate;
    this.weights = weights;
    this.gradient = new double[weights.length];
  }

  SmallLearner copy() {
    return new SmallLearner(rate, weights.clone());
  }

  float probability(double[] features) {
    double logit = weights[features.length];
    for (int f = 0; f < features.length; f++) {
      logit += weights[f] * features[f];
    }
    return (float) (1 / (1 + Math.exp(-logit)));
  }

  void collect(double[] features, float error) {
    for (int f = 0; f < features.length; f++) {
      gradient[f] += error * features[f];
    }
    gradient[features.length] += error;
  }

  void step(int examples) {
    for (int f = 0; f < weights.length; f++) {
      weights[f] -= rate * gradient[f] / examples;
      gradient[f] = 0;
    }
  }
}
