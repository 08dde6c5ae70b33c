package io.freshet.learning.reference;

import io.freshet.scoring.feature.Ids;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Item and user rates combined in log-odds: logit(item) + logit(user) − logit(prior), each rate
 * smoothed to the base rate. An impression without a user has the item's rate. State: one row an
 * item and one a user ({@link IdRates}).
 */
final class RunningMeans implements Reference {

  static final String NAME = "running-means";

  private final double smoothing;
  private final Prior prior;
  private final IdRates items;
  private final IdRates users;

  RunningMeans(ReferenceSettings settings) {
    this(
        settings.smoothing(),
        new Prior(),
        new IdRates(settings.maxIds()),
        new IdRates(settings.maxIds()));
  }

  private RunningMeans(double smoothing, Prior prior, IdRates items, IdRates users) {
    this.smoothing = smoothing;
    this.prior = prior;
    this.items = items;
    this.users = users;
  }

  static RunningMeans resume(ReferenceSettings settings, DataInput in) throws IOException {
    Saved.readHead(in, NAME);
    Saved.requireEqual("smoothing", in.readDouble(), settings.smoothing());
    Prior prior = Prior.read(in);
    IdRates items = IdRates.resume(settings.maxIds(), in);
    return new RunningMeans(
        settings.smoothing(), prior, items, IdRates.resume(settings.maxIds(), in));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ReferencePrediction predict(ReferenceExample example) {
    String user = example.instance().userId();
    long[] frozen = {
      Ids.of(example.instance().itemId()), user == null ? Ids.MISSING : Ids.of(user)
    };
    return new ReferencePrediction(probability(frozen), frozen);
  }

  private float probability(long[] frozen) {
    double base = prior.probability();
    double logit =
        Logistic.logit(items.smoothed(frozen[0], smoothing, base))
            + Logistic.logit(users.smoothed(frozen[1], smoothing, base))
            - Logistic.logit(base);
    return (float) Logistic.sigmoid(logit);
  }

  @Override
  public float train(long[] frozen, float label, float weight, long readyTime) {
    float before = probability(frozen);
    prior.train(frozen, label, weight, readyTime);
    items.add(frozen[0], label, weight, readyTime);
    if (frozen[1] != Ids.MISSING) {
      users.add(frozen[1], label, weight, readyTime);
    }
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
    users.save(out);
  }
}
