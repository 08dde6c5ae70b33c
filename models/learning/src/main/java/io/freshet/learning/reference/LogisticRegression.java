package io.freshet.learning.reference;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.Ids;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Online logistic regression by FTRL-proximal on everything that the model's settings declare: the
 * {@link HashedInputs}, and the numbers, the counters (learnt from ready labels by counts of its
 * own) and each history's ln(1+length), standardised as the networks do. One weight for each of
 * 2^bits hashed inputs, one for each standardised value, one for the lack of each number, one for
 * the intercept. It knows no interaction that is not a declared cross.
 *
 * <p>Frozen: the counter slots' ids, then the values before standardisation, then the hashed
 * inputs. State: 16 bytes a weight (16 MiB), and the counters' rows.
 */
final class LogisticRegression implements Reference {

  static final String NAME = "logistic-regression";

  private final FeatureLayout layout;
  private final HashedInputs hashed;
  private final int hashedSize;
  private final int values;
  private final FtrlProximal weights;
  private final RunningScale scale;
  private final Prior prior;
  private final List<IdCounters> counters;
  private final ActiveInputs active = new ActiveInputs();

  LogisticRegression(ReferenceSettings settings) {
    this(
        settings,
        new FtrlProximal(settings.ftrl(), size(settings)),
        new RunningScale(values(settings.layout())),
        new Prior(),
        emptyCounters(settings));
  }

  private LogisticRegression(
      ReferenceSettings settings,
      FtrlProximal weights,
      RunningScale scale,
      Prior prior,
      List<IdCounters> counters) {
    this.layout = settings.layout();
    this.hashed = new HashedInputs(layout, settings.ftrl().bits());
    this.hashedSize = 1 << settings.ftrl().bits();
    this.values = values(layout);
    this.weights = weights;
    this.scale = scale;
    this.prior = prior;
    this.counters = counters;
  }

  private static List<IdCounters> emptyCounters(ReferenceSettings settings) {
    List<IdCounters> counters = new ArrayList<>();
    for (CounterSlot slot : settings.layout().counters()) {
      counters.add(new IdCounters(slot.halfLivesMs(), settings.maxIds()));
    }
    return counters;
  }

  /** Hashed inputs, then the intercept, then each standardised value, then the lack of each. */
  private static int size(ReferenceSettings settings) {
    return (1 << settings.ftrl().bits()) + 1 + 2 * values(settings.layout());
  }

  private static int values(FeatureLayout layout) {
    int values = layout.numbers().size() + layout.histories().size();
    for (CounterSlot slot : layout.counters()) {
      values += IdCounters.values(slot.halfLivesMs().size());
    }
    return values;
  }

  static LogisticRegression resume(ReferenceSettings settings, DataInput in) throws IOException {
    Saved.readHead(in, NAME);
    if (in.readLong() != fingerprint(settings.layout())) {
      throw new IOException(
          "a saved %s must resume with the feature layout it was saved with; it has another than %s"
              .formatted(NAME, settings.layout()));
    }
    Prior prior = Prior.read(in);
    RunningScale scale = RunningScale.resume(values(settings.layout()), in);
    List<IdCounters> counters = new ArrayList<>();
    for (CounterSlot slot : settings.layout().counters()) {
      counters.add(IdCounters.resume(slot.halfLivesMs(), settings.maxIds(), in));
    }
    FtrlProximal weights = FtrlProximal.resume(settings.ftrl(), size(settings), in);
    return new LogisticRegression(settings, weights, scale, prior, counters);
  }

  private static long fingerprint(FeatureLayout layout) {
    return Ids.of(layout.toString());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ReferencePrediction predict(ReferenceExample example) {
    long[] frozen = freeze(example.encoded());
    return new ReferencePrediction(probability(frozen), frozen);
  }

  private long[] freeze(EncodedExample example) {
    long[] frozen = hashed.of(example, counters.size() + values);
    System.arraycopy(example.counterIds(), 0, frozen, 0, counters.size());
    int at = counters.size();
    for (int i = 0; i < layout.numbers().size(); i++) {
      frozen[at++] = bits(example.numbers()[i]);
    }
    for (int c = 0; c < counters.size(); c++) {
      counters
          .get(c)
          .read(example.counterIds()[c], example.eventTime(), prior.probability(), frozen, at);
      at += IdCounters.values(layout.counters().get(c).halfLivesMs().size());
    }
    for (int h = 0; h < layout.histories().size(); h++) {
      frozen[at++] = bits((float) StrictMath.log1p(example.historyLength(h)));
    }
    return frozen;
  }

  private static long bits(float value) {
    return Integer.toUnsignedLong(Float.floatToIntBits(value));
  }

  private float probability(long[] frozen) {
    activate(frozen);
    return (float) Logistic.sigmoid(weights.dot(active));
  }

  private void activate(long[] frozen) {
    active.clear();
    active.add(hashedSize, 1);
    int first = counters.size();
    for (int i = 0; i < values; i++) {
      float value = HashedInputs.value(frozen[first + i]);
      if (Float.isNaN(value)) {
        active.add(hashedSize + 1 + values + i, 1);
      } else {
        active.add(hashedSize + 1 + i, scale.standardized(i, value));
      }
    }
    for (int k = first + values; k < frozen.length; k++) {
      active.add(HashedInputs.index(frozen[k]), HashedInputs.value(frozen[k]));
    }
  }

  @Override
  public float train(long[] frozen, float label, float weight, long readyTime) {
    TrainingCheck.check(NAME, label, weight);
    activate(frozen);
    double before = Logistic.sigmoid(weights.dot(active));
    weights.update(active, weight * (before - label));
    for (int i = 0; i < values; i++) {
      float value = HashedInputs.value(frozen[counters.size() + i]);
      if (!Float.isNaN(value)) {
        scale.learn(i, value);
      }
    }
    for (int c = 0; c < counters.size(); c++) {
      if (frozen[c] != Ids.MISSING) {
        counters.get(c).learn(frozen[c], label, weight, readyTime);
      }
    }
    prior.train(frozen, label, weight, readyTime);
    return (float) before;
  }

  @Override
  public long examples() {
    return prior.examples();
  }

  @Override
  public void save(DataOutput out) throws IOException {
    Saved.writeHead(out, NAME);
    out.writeLong(fingerprint(layout));
    prior.write(out);
    scale.save(out);
    for (IdCounters counter : counters) {
      counter.save(out);
    }
    weights.save(out);
  }
}
