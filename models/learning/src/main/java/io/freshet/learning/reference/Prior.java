package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The running base rate: (positives + 1/2) / (examples + 1), the Krichevsky-Trofimov estimate. It
 * knows nothing of an impression; its log loss is what a model's is measured from. State: two
 * numbers.
 */
final class Prior implements Reference {

  static final String NAME = "prior";

  private static final long[] NOTHING = {};

  private final Rate rate;
  private long examples;

  Prior() {
    this(new Rate(), 0);
  }

  private Prior(Rate rate, long examples) {
    this.rate = rate;
    this.examples = examples;
  }

  static Prior resume(DataInput in) throws IOException {
    Saved.readHead(in, NAME);
    return read(in);
  }

  static Prior read(DataInput in) throws IOException {
    Rate rate = Rate.resume(in);
    return new Prior(rate, in.readLong());
  }

  @Override
  public String name() {
    return NAME;
  }

  /** The base rate so far; strictly between 0 and 1. */
  double probability() {
    return rate.smoothed(1, 0.5);
  }

  @Override
  public ReferencePrediction predict(ReferenceExample example) {
    return new ReferencePrediction((float) probability(), NOTHING);
  }

  @Override
  public float train(long[] frozen, float label, float weight, long readyTime) {
    float before = (float) probability();
    TrainingCheck.check(NAME, label, weight);
    rate.add(label, weight);
    examples++;
    return before;
  }

  @Override
  public long examples() {
    return examples;
  }

  @Override
  public void save(DataOutput out) throws IOException {
    Saved.writeHead(out, NAME);
    write(out);
  }

  void write(DataOutput out) throws IOException {
    rate.save(out);
    out.writeLong(examples);
  }
}
