package io.freshet.learning.colbert;

import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
import io.freshet.learning.ctr.DenseWeights;
import io.freshet.learning.ctr.Progress;
import io.freshet.learning.ctr.StatefulLearner;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.learning.optimizer.RowOptimizer;
import io.freshet.learning.table.CountedTable;
import io.freshet.learning.table.LearnedTable;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns late interaction. Predictions come from the very scorer that readers run, over this
 * learner's own state. All counts and the calibration enter after the step that used them; the
 * document side moves on at round ends only.
 */
final class ColbertLearner extends StatefulLearner {

  private final ColbertShape shape;
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
  private final TextTally tally = new TextTally();

  ColbertLearner(ModelSettings settings) {
    this(settings, new ColbertShape(settings));
  }

  private ColbertLearner(ModelSettings settings, ColbertShape shape) {
    super(settings, withSlots(shape), Progress.ofStepsAndRounds());
    if (!settings.engine().equals(ColbertLearning.ENGINE)) {
      throw new IllegalArgumentException(
          "engine of family %s must be %s, got %s"
              .formatted(settings.family(), ColbertLearning.ENGINE, settings.engine()));
    }
    this.shape = shape;
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
    tally.declare(changes);
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
  public long parameters() {
    return weights.parameters() + rows.parameters();
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
    ColbertStep result = math.step(ranked, rows, step() + 1);
    if (!Double.isFinite(result.loss() + result.rankingLoss())) {
      progress.stepInVain();
      throw new Diverged(
          "the losses of step %d of model %s must be finite, got %s and %s"
              .formatted(step(), settings.name(), result.loss(), result.rankingLoss()));
    }
    float[] predictions = probabilities(scorer, result.logits());
    apply(ranked, result);
    return new StepResult(step(), result.loss(), predictions);
  }

  private void apply(RankedBatch batch, ColbertStep result) {
    long elapsed = progress.step(batch.examples());
    CtrStep tensors =
        new CtrStep(result.logits(), result.loss(), result.tensors(), new float[0][], Map.of());
    weights.train(tensors, step(), elapsed, noise);
    noise.learn(result.loss());
    rows.train(result, progress.ready());
    counts.learn(batch);
    examination.learn(batch);
    tally.learn(batch, result.rankingLoss());
    learnCalibration(batch.examples());
  }

  @Override
  public void endRound(long eventTime) {
    applyCalibration(state.tensor(ColbertShape.CALIBRATION));
    rows.endRound(progress.round(), eventTime);
    counts.endRound(progress.round(), eventTime);
    examination.endRound(eventTime);
    progress.endRound(eventTime);
    if (progress.rounds() % settings.ranking().generation() == 0) {
      documents.advance();
    }
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
  public void load(LearnerState drained, LearnerDelta undrained) {
    pretrained.open();
    super.load(drained, undrained);
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
}
