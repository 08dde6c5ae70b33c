package io.freshet.learning.gate;

import io.freshet.learning.gate.Verdict.Reason;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Locale;

/** What was compared since the reference moved on, for people to read. */
final class Sums {

  private long examples;
  private double weight;
  private double labels;
  private double predictions;
  private double candidate;
  private double reference;

  void add(double weight, double label, double prediction, double candidate, double reference) {
    examples++;
    this.weight += weight;
    labels += weight * label;
    predictions += weight * prediction;
    this.candidate += weight * candidate;
    this.reference += weight * reference;
  }

  void reset() {
    examples = 0;
    weight = 0;
    labels = 0;
    predictions = 0;
    candidate = 0;
    reference = 0;
  }

  /** One clause on what speaks against a candidate. */
  String text(Reason reason, double evidence, double threshold) {
    String what =
        reason == Reason.WORSE
            ? "log loss %.4f against %.4f"
            : "mean prediction %.4f, mean label %.4f";
    double first = reason == Reason.WORSE ? candidate : predictions;
    double second = reason == Reason.WORSE ? reference : labels;
    return String.format(
        Locale.ROOT,
        what + ", %d examples, evidence e^%.1f of e^%.1f",
        first / weight,
        second / weight,
        examples,
        evidence,
        threshold);
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(examples);
    out.writeDouble(weight);
    out.writeDouble(labels);
    out.writeDouble(predictions);
    out.writeDouble(candidate);
    out.writeDouble(reference);
  }

  void load(DataInput in) throws IOException {
    examples = in.readLong();
    weight = in.readDouble();
    labels = in.readDouble();
    predictions = in.readDouble();
    candidate = in.readDouble();
    reference = in.readDouble();
  }
}
