package io.freshet.bench.measure;

import java.util.SplittableRandom;

/**
 * A stream of examples for the gate's long simulation: users come for a while and leave, each with
 * a liking of their own, so that neighbours in the stream hang together; labels follow a logistic
 * model of {@value #FEATURES} features whose weights may move.
 */
final class SmallWorld {

  static final int FEATURES = 16;

  private static final double BASE = -2.3;
  private static final double SPREAD = 0.35;

  /** How the world changes. */
  enum Drift {
    /** It does not. */
    NONE,
    /** Every weight walks at random, always. */
    GRADUAL,
    /** Every 500 rounds a third of the weights are drawn anew. */
    ABRUPT,
    /** The base rate rises and falls by half, in 400 rounds, and every weight walks. */
    DAYS
  }

  private final SplittableRandom random;
  private final Drift drift;
  private final double[] weights = new double[FEATURES];
  private final double[] features = new double[FEATURES];
  private double base = BASE;
  private double liking;
  private int left;
  private long round;

  SmallWorld(Drift drift, long seed) {
    this.drift = drift;
    this.random = new SplittableRandom(seed);
    for (int f = 0; f < FEATURES; f++) {
      weights[f] = SPREAD * random.nextGaussian();
    }
  }

  /** To be called between rounds. */
  void endRound() {
    round++;
    if (drift == Drift.GRADUAL || drift == Drift.DAYS) {
      for (int f = 0; f < FEATURES; f++) {
        weights[f] = 0.999 * weights[f] + 0.045 * SPREAD * random.nextGaussian();
      }
    }
    if (drift == Drift.ABRUPT && round % 500 == 0) {
      for (int f = 0; f < FEATURES; f += 3) {
        weights[f] = SPREAD * random.nextGaussian();
      }
    }
    if (drift == Drift.DAYS) {
      base = BASE + Math.log(1.5) * Math.sin(2 * Math.PI * round / 400);
    }
  }

  /** The features of the next example; the same array every time. */
  double[] next() {
    if (left == 0) {
      left = 1 + random.nextInt(20);
      liking = 0.5 * random.nextGaussian();
    }
    left--;
    for (int f = 0; f < FEATURES; f++) {
      features[f] = random.nextGaussian();
    }
    return features;
  }

  /** The label of the example that {@link #next} gave. */
  float label() {
    double logit = base + liking;
    for (int f = 0; f < FEATURES; f++) {
      logit += weights[f] * features[f];
    }
    return random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  }
}
