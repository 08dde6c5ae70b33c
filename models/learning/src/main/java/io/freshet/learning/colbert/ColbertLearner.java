package io.freshet.learning.colbert;

import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
import io.freshet.learning.ctr.DenseWeights;
import io.freshet.learning.ctr.PlattCalibrator;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.learning.table.CountedTable;
import io.freshet.learning.table.ExactNumbers;
import io.freshet.learning.table.LearnedTable;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns late interaction. Predictions come from the very scorer that readers run, over this
 * learner's own state. All counts and the calibration enter after the step that used them; the
 * document side moves on at round ends only.
 */
final class ColbertLearner implements Learner {

  private final ModelSettings settings;
  private final ColbertShape shape;
  private final ModelState state;
  private final LearnerChanges changes;
  private final ColbertScorer scorer;
  private final ColbertMath math;
  private final Kernels kernels = Kernels.best();
  private final DenseWeights weights;
  private final ColbertRows rows;
  private final PretrainedRows pretrained;
  private final DocumentCounts counts;
  private final DocumentSide documents;
  private final Examination examination;
  private final GradientNoise noise;
  private final PlattCalibrator calibrator = new PlattCalibrator();
  private final TextTally tally = new TextTally();
  private long step;
  private long rounds;
  private long lastReady = Long.MIN_VALUE;
  private long lastRound = Long.MIN_VALUE;

  ColbertLearner(ModelSettings settings) {
    if (!settings.engine().equals(ColbertLearning.ENGINE)) {
      throw new IllegalArgumentException(
          "engine of family %s must be %s, got %s"
              .formatted(settings.family(), ColbertLearning.ENGINE, settings.engine()));
    }
    this.settings = settings;
    this.shape = new ColbertShape(settings);
    this.state = withSlots(shape);
    this.changes = new LearnerChanges(state);
    this.scorer = new ColbertScoring().scorer(settings, state);
    this.math = new ColbertMath(shape, state, scorer, kernels);
    this.weights = new DenseWeights(shape.tensors(), state, changes, settings.optimizer().dense());
    this.pretrained = new PretrainedRows(shape, changes);
    this.rows = new ColbertRows(shape, state, changes, pretrained);
    this.counts = new DocumentCounts(shape, state, changes);
    this.documents = new DocumentSide(shape, state, changes);
    this.examination = new Examination(settings.ranking().examination(), changes);
    this.noise = new GradientNoise(settings.optimizer().noise(), settings.seed());
    noise.declare(changes);
    calibrator.declare("calibrator", changes);
    tally.declare(changes);
    changes.ownNumbers("progress", new Progress());
  }

  /** Empty tables with room for what the learner keeps beside a row. */
  private static ModelState withSlots(ColbertShape shape) {
    RowOptimizer optimizer = RowOptimizer.of(shape.settings().optimizer().rows());
    int width = shape.ranking().width();
    List<RowTable> tables = new ArrayList<>();
    tables.add(new RowTable(ColbertShape.WORDS, width, LearnedTable.slots(optimizer, width)));
    tables.add(new RowTable(ColbertShape.DOCUMENTS + ColbertShape.WORDS, width));
    tables.add(new RowTable(ColbertShape.WEIGHTS, 1, LearnedTable.slots(optimizer, 1)));
    tables.add(new RowTable(ColbertShape.FREQUENCIES, 1, CountedTable.SLOTS));
    for (IdSlot slot : shape.additions()) {
      tables.add(new RowTable(slot.name(), 1, LearnedTable.slots(optimizer, 1)));
    }
    return new ModelState(shape.zeros(), tables);
  }

  /** Gives the tensors and shared rows of a new model their first values. */
  void create() {
    pretrained.open();
    weights.create(settings.seed());
    rows.create();
    counts.create();
    documents.advance();
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
    return weights.parameters() + rows.parameters();
  }

  @Override
  public long tableRows() {
    return state.tables().values().stream().mapToLong(table -> table.size()).sum();
  }

  @Override
  public String engine() {
    return ColbertLearning.ENGINE + " " + kernels.name();
  }

  @Override
  public Prediction predict(EncodedExample example) {
    float logit = scorer.logit(example);
    return new Prediction(logit, scorer.calibrate(logit), scorer.counters(example));
  }

  @Override
  public StepResult train(List<Example> batch) {
    check(batch);
    RankedBatch ranked = RankedBatch.of(shape, batch, examination::clickWeight, counts::share);
    rows.read(ranked);
    ColbertStep result = math.step(ranked, rows, step + 1);
    if (!Double.isFinite(result.loss() + result.rankingLoss())) {
      step++;
      throw new Diverged(
          "the losses of step %d of model %s must be finite, got %s and %s"
              .formatted(step, settings.name(), result.loss(), result.rankingLoss()));
    }
    float[] predictions = new float[batch.size()];
    for (int e = 0; e < predictions.length; e++) {
      predictions[e] = scorer.calibrate(result.logits()[e]);
    }
    apply(ranked, result);
    return new StepResult(step, result.loss(), predictions);
  }

  private void apply(RankedBatch batch, ColbertStep result) {
    step++;
    long ready = batch.examples().stream().mapToLong(Example::readyTime).max().orElseThrow();
    ready = Math.max(ready, lastReady);
    long elapsed = lastReady == Long.MIN_VALUE ? 0 : ready - lastReady;
    lastReady = ready;
    CtrStep tensors =
        new CtrStep(result.logits(), result.loss(), result.tensors(), new float[0][], Map.of());
    weights.train(tensors, step, elapsed, noise);
    noise.learn(result.loss());
    rows.train(result, ready);
    counts.learn(batch);
    examination.learn(batch);
    tally.learn(batch, result.rankingLoss());
    if (settings.calibration() == Calibration.PLATT) {
      for (Example example : batch.examples()) {
        calibrator.learn(example.rawLogit(), example.label(), example.weight());
      }
    }
  }

  @Override
  public void endRound(long eventTime) {
    if (settings.calibration() == Calibration.PLATT) {
      Tensor calibration = state.tensor(ColbertShape.CALIBRATION);
      changes.touch(calibration);
      calibrator.apply(calibration.data(), 0);
    }
    rows.endRound(lastRound, eventTime);
    counts.endRound(lastRound, eventTime);
    examination.endRound(eventTime);
    lastRound = eventTime;
    rounds++;
    if (rounds % settings.ranking().generation() == 0) {
      documents.advance();
    }
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
    Map<String, Double> metrics = new TreeMap<>(noise.metrics());
    metrics.putAll(tally.metrics());
    examination.addMetrics(metrics);
    metrics.put("documentGenerations", (double) scorer.texts().generations());
    return metrics;
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
    pretrained.open();
    changes.load(drained, undrained);
  }

  @Override
  public void close() {}

  private static void check(List<Example> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("a batch must hold at least one example, got none");
    }
    for (Example example : batch) {
      boolean fits =
          (example.label() == 0 || example.label() == 1)
              && example.weight() >= 0
              && Float.isFinite(example.weight())
              && Float.isFinite(example.rawLogit());
      if (!fits) {
        throw new IllegalArgumentException(
            "an example must have label 0 or 1, a finite weight >= 0 and a finite raw logit, got example %016x with label %s, weight %s and raw logit %s"
                .formatted(example.id(), example.label(), example.weight(), example.rawLogit()));
      }
    }
  }

  /** Step, rounds, latest ready time, latest round end. */
  private final class Progress implements LearnerChanges.Numbers {

    @Override
    public int count() {
      return 4;
    }

    @Override
    public void write(float[] into) {
      ExactNumbers.write(step, into, 0);
      ExactNumbers.write(rounds, into, ExactNumbers.FLOATS);
      ExactNumbers.write(lastReady, into, 2 * ExactNumbers.FLOATS);
      ExactNumbers.write(lastRound, into, 3 * ExactNumbers.FLOATS);
    }

    @Override
    public void read(float[] from) {
      step = ExactNumbers.read(from, 0);
      rounds = ExactNumbers.read(from, ExactNumbers.FLOATS);
      lastReady = ExactNumbers.read(from, 2 * ExactNumbers.FLOATS);
      lastRound = ExactNumbers.read(from, 3 * ExactNumbers.FLOATS);
    }
  }
}
