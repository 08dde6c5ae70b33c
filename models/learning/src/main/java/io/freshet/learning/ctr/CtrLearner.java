package io.freshet.learning.ctr;

import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
import io.freshet.learning.engine.CtrMath;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.learning.table.BatchRows;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Learns a click-through network. Predictions come from the very scorer that readers run, over this
 * learner's own state; steps come from a top that differentiates the same network. All statistics,
 * counts and calibration enter after the step that used them.
 */
final class CtrLearner extends StatefulLearner {

  private final CtrShape shape;
  private final Scorer scorer;
  private final DenseWeights weights;
  private final DenseInputs inputs;
  private final CtrTop top;
  private final CtrTables tables;
  private final Counters counters;
  private final BatchPacker packer;
  private final GradientNoise noise;

  /**
   * @param engine what computes, for tops that have a choice
   */
  CtrLearner(
      ModelSettings settings,
      CtrShape shape,
      ScorerFamily scoring,
      CtrTop.Factory tops,
      Function<CtrShape, CtrMath> engine) {
    super(settings, CtrTables.emptyState(settings, shape), Progress.ofSteps());
    this.shape = shape;
    this.scorer = scoring.scorer(settings, state);
    this.weights = new DenseWeights(shape.tensors(), state, changes, settings.optimizer().dense());
    this.inputs = new DenseInputs(shape, state, changes);
    this.top = tops.of(settings, shape, state, changes, weights, engine);
    this.tables = new CtrTables(settings, shape, state, changes);
    this.counters = new Counters(shape.layout().counters(), tables.counted(), state, changes);
    this.noise = new GradientNoise(settings.optimizer().noise(), settings.seed());
    this.packer = new BatchPacker(shape.layout(), tables.learned());
    noise.declare(changes);
  }

  /** Gives the tensors and shared rows of a new model their first values. */
  void create() {
    weights.create(settings.seed());
    tables.create();
  }

  @Override
  public long parameters() {
    return weights.parameters() + tables.parameters();
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
    CtrStep result = top.step(packed, step() + 1);
    if (!Double.isFinite(result.loss())) {
      progress.stepInVain();
      throw new Diverged(
          "the loss of step %d of model %s must be finite, got %s"
              .formatted(step(), settings.name(), result.loss()));
    }
    float[] predictions = probabilities(scorer, result.logits());
    apply(batch, packed, result);
    return new StepResult(step(), result.loss(), predictions);
  }

  @Override
  public void endRound(long eventTime) {
    applyCalibration(state.tensor(CtrShape.CALIBRATION));
    top.endRound(step());
    tables.endRound(progress.round(), eventTime);
    progress.endRound(eventTime);
  }

  @Override
  public Map<String, Double> metrics() {
    return noise.metrics();
  }

  @Override
  public void close() {
    top.close();
  }

  private void apply(List<Example> batch, PackedBatch packed, CtrStep result) {
    long elapsed = progress.step(batch);
    weights.train(result, step(), elapsed, noise);
    noise.learn(result.loss());
    List<BatchRows> rows = packer.tables();
    for (int t = 0; t < rows.size(); t++) {
      rows.get(t).train(result.rows()[t], progress.ready());
    }
    top.learn(packed, result);
    inputs.learn();
    counters.learn(batch);
    learnCalibration(batch);
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
}
