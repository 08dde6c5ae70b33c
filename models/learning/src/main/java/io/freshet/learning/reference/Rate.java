package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A running rate: (positives + s·r) / (total + s), where s pseudo-examples of rate r stand for what
 * is not known yet. Undecayed.
 */
final class Rate {

  private double positives;
  private double total;

  Rate() {}

  private Rate(double positives, double total) {
    this.positives = positives;
    this.total = total;
  }

  void add(float label, float weight) {
    positives += (double) weight * label;
    total += weight;
  }

  double smoothed(double pseudo, double rate) {
    return smoothed(positives, total, pseudo, rate);
  }

  static double smoothed(double positives, double total, double pseudo, double rate) {
    return (positives + pseudo * rate) / (total + pseudo);
  }

  void save(DataOutput out) throws IOException {
    out.writeDouble(positives);
    out.writeDouble(total);
  }

  static Rate resume(DataInput in) throws IOException {
    double positives = in.readDouble();
    return new Rate(positives, in.readDouble());
  }
}
