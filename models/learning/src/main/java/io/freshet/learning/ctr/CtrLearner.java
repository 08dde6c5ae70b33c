package io.freshet.learning.ctr;

import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
import io.freshet.learning.engine.CtrMath;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.learning.table.BatchRows;
import io.freshet.learning.table.ExactNumbers;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Learns a click-through network. Predictions come from the very scorer that readers run, over this
 * learner's own state; steps come from a top that differentiates the same network. All statistics,
 * counts and calibration enter after the step that used them.
 */
final class CtrLearner implements Learner {

  private final ModelSettings settings;
  private final CtrShape shape;
  private final ModelState state;
  private final LearnerChanges changes;
  private final Scorer scorer;
  private final DenseWeights weights;
  private final DenseInputs inputs;
  private final CtrTop top;
  private final CtrTables tables;
  private final Counters counters;
  private final BatchPacker packer;
  private final GradientNoise noise;
  private final PlattCalibrator calibrator = new PlattCalibrator();
  private long step;
  private long lastReady = Long.MIN_VALUE;
  private long lastRound = Long.MIN_VALUE;

  /**
   * @param engine what computes, for tops that have a choice
   */
  CtrLearner(
      ModelSettings settings,
      CtrShape shape,
      ScorerFamily scoring,
      CtrTop.Factory tops,
      Function<CtrShape, CtrMath> engine) {
    this.settings = settings;
    this.shape = shape;
    this.state = CtrTables.emptyState(settings, shape);
    this.changes = new LearnerChanges(state);
    this.scorer = scoring.scorer(settings, state);
    this.weights = new DenseWeights(shape.tensors(), state, changes, settings.optimizer().dense());
    this.inputs = new DenseInputs(shape, state, changes);
    this.top = tops.of(settings, shape, state, changes, weights, engine);
    this.tables = new CtrTables(settings, shape, state, changes);
    this.counters = new Counters(shape.layout().counters(), tables.counted(), state, changes);
    this.noise = new GradientNoise(settings.optimizer().noise(), settings.seed());
    this.packer = new BatchPacker(shape.layout(), tables.learned());
    noise.declare(changes);
    calibrator.declare("calibrator", changes);
    changes.ownNumbers("progress", new Progress());
  }

  /** Gives the tensors and shared rows of a new model their first values. */
  void create() {
    weights.create(settings.seed());
    tables.create();
  }

  @Override
  public ModelSettings settings() {
    return settings;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public long parameters() {
    return weights.parameters() + tables.parameters();
  }

  @Override
  public long tableRows() {
    return state.tables().values().stream().mapToLong(table -> table.size()).sum();
  }

  @Override
  public String engine() {
    return top.engine();
  }

  @Override
  public @Nullable String insteadOfGpu() {
    return top.insteadOfGpu();
  }

  @Override
  public Prediction predict(EncodedExample example) {
    float[] frozen = scorer.counters(example);
    float logit = scorer.logit(example, frozen);
    return new Prediction(logit, scorer.calibrate(logit), frozen);
  }

  @Override
  public StepResult train(List<Example> batch) {
    check(batch);
    PackedBatch packed = packer.pack(batch, inputs.standardized(batch));
    CtrStep result = top.step(packed, step + 1);
    if (!Double.isFinite(result.loss())) {
      step++;
      throw new Diverged(
          "the loss of step %d of model %s must be finite, got %s"
              .formatted(step, settings.name(), result.loss()));
    }
    float[] predictions = new float[batch.size()];
    for (int e = 0; e < predictions.length; e++) {
      predictions[e] = scorer.calibrate(result.logits()[e]);
    }
    apply(batch, packed, result);
    return new StepResult(step, result.loss(), predictions);
  }

  @Override
  public void endRound(long eventTime) {
    if (settings.calibration() == Calibration.PLATT) {
      calibrator.apply(state.tensor(CtrShape.CALIBRATION), changes);
    }
    top.endRound(step);
    tables.endRound(lastRound, eventTime);
    lastRound = eventTime;
  }

  @Override
  public LearnerDelta drain() {
    return changes.drain();
  }

  @Override
  public LearnerDelta undrained() {
    return changes.undrained();
  }

  @Override
  public ModelState servingState() {
    return state;
  }

  @Override
  public HashValue servingHash() {
    return changes.servingHash();
  }

  @Override
  public Map<String, Double> metrics() {
    return noise.metrics();
  }

  @Override
  public HashValue learnerHash() {
    return changes.learnerHash();
  }

  @Override
  public LearnerState snapshot() {
    return changes.snapshot();
  }

  @Override
  public @Nullable String notFinite() {
    return changes.notFinite();
  }

  @Override
  public void mark() {
    changes.mark();
  }

  @Override
  public void goBack() {
    long reached = step;
    changes.goBack();
    step = reached;
  }

  @Override
  public void become(LearnerState state) {
    long reached = step;
    changes.become(state);
    step = reached;
  }

  @Override
  public LearnerDelta wayBack() {
    return changes.wayBack();
  }

  @Override
  public void mark(LearnerDelta wayBack) {
    changes.mark(wayBack);
  }

  @Override
  public StateDelta sinceMark() {
    return changes.sinceMark();
  }

  /** The layout of this learner's state, all zero and empty. */
  LearnerState emptyState() {
    return changes.emptyState();
  }

  /** Goes on from a state; this learner must be empty. */
  void load(LearnerState drained, LearnerDelta undrained) {
    changes.load(drained, undrained);
  }

  @Override
  public void close() {
    top.close();
  }

  private void apply(List<Example> batch, PackedBatch packed, CtrStep result) {
    step++;
    long ready = batch.stream().mapToLong(Example::readyTime).max().orElseThrow();
    ready = Math.max(ready, lastReady);
    long elapsed = lastReady == Long.MIN_VALUE ? 0 : ready - lastReady;
    lastReady = ready;
    weights.train(result, step, elapsed, noise);
    noise.learn(result.loss());
    List<BatchRows> rows = packer.tables();
    for (int t = 0; t < rows.size(); t++) {
      rows.get(t).train(result.rows()[t], ready);
    }
    top.learn(packed, result);
    inputs.learn();
    counters.learn(batch);
    if (settings.calibration() == Calibration.PLATT) {
      for (Example example : batch) {
        calibrator.learn(example.rawLogit(), example.label(), example.weight());
      }
    }
  }

  private void check(List<Example> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("a batch must hold at least one example, got none");
    }
    for (Example example : batch) {
      boolean fits =
          top.isLabel(example.label())
              && example.weight() >= 0
              && Float.isFinite(example.weight())
              && Float.isFinite(example.rawLogit())
              && example.counters().length == shape.counterSize();
      if (!fits) {
        throw new IllegalArgumentException(
            "an example must have label %s, a finite weight >= 0, a finite raw logit and %d counters, got %s"
                .formatted(top.labels(), shape.counterSize(), describe(example)));
      }
    }
  }

  private static String describe(Example example) {
    return "example %016x with label %s, weight %s, raw logit %s and %d counters"
        .formatted(
            example.id(),
            example.label(),
            example.weight(),
            example.rawLogit(),
            example.counters().length);
  }

  /** Step, latest ready time, latest round end. */
  private final class Progress implements LearnerChanges.Numbers {

    @Override
    public int count() {
      return 3;
    }

    @Override
    public void write(float[] into) {
      ExactNumbers.write(step, into, 0);
      ExactNumbers.write(lastReady, into, ExactNumbers.FLOATS);
      ExactNumbers.write(lastRound, into, 2 * ExactNumbers.FLOATS);
    }

    @Override
    public void read(float[] from) {
      step = ExactNumbers.read(from, 0);
      lastReady = ExactNumbers.read(from, ExactNumbers.FLOATS);
      lastRound = ExactNumbers.read(from, 2 * ExactNumbers.FLOATS);
    }
  }
}
