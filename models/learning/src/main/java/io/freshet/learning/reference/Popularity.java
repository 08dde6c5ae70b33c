package io.freshet.learning.reference;

import io.freshet.scoring.feature.Ids;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The running rate of the item, smoothed to the base rate: (positives + s·prior) / (examples + s).
 * State: one row an item ({@link IdRates}).
 */
final class Popularity implements Reference {

  static final String NAME = "popularity";

  private final double smoothing;
  private final Prior prior;
  private final IdRates items;

  Popularity(ReferenceSettings settings) {
    this(settings.smoothing(), new Prior(), new IdRates(settings.maxIds()));
  }

  private Popularity(double smoothing, Prior prior, IdRates items) {
    this.smoothing = smoothing;
    this.prior = prior;
    this.items = items;
  }

  static Popularity resume(ReferenceSettings settings, DataInput in) throws IOException {
    Saved.readHead(in, NAME);
    Saved.requireEqual("smoothing", in.readDouble(), settings.smoothing());
    Prior prior = Prior.read(in);
    return new Popularity(settings.smoothing(), prior, IdRates.resume(settings.maxIds(), in));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ReferencePrediction predict(ReferenceExample example) {
    long[] frozen = {Ids.of(example.instance().itemId())};
    return new ReferencePrediction(probability(frozen), frozen);
  }

  private float probability(long[] frozen) {
    return (float) items.smoothed(frozen[0], smoothing, prior.probability());
  }

  @Override
  public float train(long[] frozen, float label, float weight, long readyTime) {
    float before = probability(frozen);
    prior.train(frozen, label, weight, readyTime);
    items.add(frozen[0], label, weight, readyTime);
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
    items.save(out);
  }
}
