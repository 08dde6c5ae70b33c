package io.freshet.source.simulator;

import java.util.Arrays;

/** Logistic regression by FTRL-Proximal (McMahan et al. 2013) over hashed features, without L1. */
final class OnlineRegression {

  private static final int BITS = 20;
  private static final double ALPHA = 0.05;
  private static final double BETA = 1;
  private static final double L2 = 1;

  private final double[] z = new double[1 << BITS];
  private final double[] n = new double[1 << BITS];

  /** Features of one example: hashed names and values. */
  static final class Features {
    private int[] slots = new int[64];
    private double[] values = new double[64];
    private int size;

    Features add(String kind, Object id, double value) {
      if (size == slots.length) {
        slots = Arrays.copyOf(slots, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      int hash = (31 * kind.hashCode() + id.hashCode()) * 0x9E3779B9;
      slots[size] = hash >>> (32 - BITS);
      values[size++] = value;
      return this;
    }
  }

  double probability(Features features) {
    double logit = 0;
    for (int i = 0; i < features.size; i++) {
      logit += weight(features.slots[i]) * features.values[i];
    }
    return 1 / (1 + Math.exp(-logit));
  }

  void learn(Features features, boolean label) {
    double error = probability(features) - (label ? 1 : 0);
    for (int i = 0; i < features.size; i++) {
      int slot = features.slots[i];
      double gradient = error * features.values[i];
      double sigma = (Math.sqrt(n[slot] + gradient * gradient) - Math.sqrt(n[slot])) / ALPHA;
      z[slot] += gradient - sigma * weight(slot);
      n[slot] += gradient * gradient;
    }
  }

  private double weight(int slot) {
    return -z[slot] / ((BETA + Math.sqrt(n[slot])) / ALPHA + L2);
  }
}
