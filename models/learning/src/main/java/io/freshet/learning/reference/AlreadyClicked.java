package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Two running rates: of impressions whose item stands in a history of the label's action, and of
 * the others. It shows how much of a figure is mere repetition. Without a history of that action in
 * the models file it is the prior. State: four numbers.
 */
final class AlreadyClicked implements Reference {

  static final String NAME = "already-clicked";

  private final double smoothing;
  private final Prior prior;
  private final Rate[] rates;

  AlreadyClicked(ReferenceSettings settings) {
    this(settings, new Prior(), new Rate[] {new Rate(), new Rate()});
  }

  private AlreadyClicked(ReferenceSettings settings, Prior prior, Rate[] rates) {
    this.smoothing = settings.smoothing();
    this.prior = prior;
    this.rates = rates;
  }

  static AlreadyClicked resume(ReferenceSettings settings, DataInput in) throws IOException {
    Saved.readHead(in, NAME);
    Saved.requireEqual("smoothing", in.readDouble(), settings.smoothing());
    Prior prior = Prior.read(in);
    Rate notYet = Rate.resume(in);
    return new AlreadyClicked(settings, prior, new Rate[] {notYet, Rate.resume(in)});
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ReferencePrediction predict(ReferenceExample example) {
    long[] frozen = {example.clicked() ? 1 : 0};
    return new ReferencePrediction(probability(frozen), frozen);
  }

  private float probability(long[] frozen) {
    return (float) rates[(int) frozen[0]].smoothed(smoothing, prior.probability());
  }

  @Override
  public float train(long[] frozen, float label, float weight, long readyTime) {
    float before = probability(frozen);
    prior.train(frozen, label, weight, readyTime);
    rates[(int) frozen[0]].add(label, weight);
    return before;
  }

  @Override
  public long examples() {
    return prior.examples();
  }

  @Override
  public void save(DataOutput out) throws IOException {
    Saved.writeHead(out, NAME);
    out.writeDouble(smoothing);
    prior.write(out);
    rates[0].save(out);
    rates[1].save(out);
  }
}
