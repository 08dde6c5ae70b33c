package io.freshet.learning.boosted;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.ctr.CtrTop;
import io.freshet.learning.ctr.DenseWeights;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Boosted blocks as the top of a learner. All blocks learn in every step, each by what the sum
 * before it left before the step; the constant start and the Newton steps come from running sums.
 * At round ends the weakest block makes room for a new one, so that the budget is bounded and yet
 * new to what comes.
 */
final class BoostedTop implements CtrTop {

  private final BlockLoss loss;
  private final long seed;
  private final BoostedShape shape;
  private final ModelState state;
  private final LearnerChanges changes;
  private final DenseWeights weights;
  private final BlockMath math;
  private final BlockRecords records;
  private final OutputLayers outputs;
  private final PrefixQuality quality;
  private final boolean calibrated;
  private @Nullable BlockStep last;

  BoostedTop(
      ModelSettings settings,
      BlockLoss loss,
      ModelState state,
      LearnerChanges changes,
      DenseWeights weights) {
    if (!settings.engine().equals(BoostedLearning.ENGINE)) {
      throw new IllegalArgumentException(
          "engine of family %s must be %s, got %s"
              .formatted(settings.family(), BoostedLearning.ENGINE, settings.engine()));
    }
    this.calibrated = settings.calibration() == Calibration.PLATT;
    if (calibrated && loss != BlockLoss.LOGISTIC) {
      throw new IllegalArgumentException(
          "calibration of values must be none, got " + settings.calibration());
    }
    this.loss = loss;
    this.seed = settings.seed();
    this.shape = new BoostedShape(settings);
    this.state = state;
    this.changes = changes;
    this.weights = weights;
    this.math = new BlockMath(shape, loss, Kernels.best(), seed);
    this.records = new BlockRecords(shape, loss);
    this.outputs = new OutputLayers(shape, loss);
    this.quality = new PrefixQuality(shape, loss, calibrated);
    records.declare(changes);
    outputs.declare(changes);
    quality.declare(changes);
  }

  @Override
  public String engine() {
    return math.engine();
  }

  @Override
  public boolean isLabel(float label) {
    return loss.isLabel(label);
  }

  @Override
  public String labels() {
    return loss == BlockLoss.LOGISTIC ? "0 or 1" : "a finite number";
  }

  @Override
  public CtrStep step(PackedBatch batch, long step) {
    BlockStep computed = math.step(state.tensors(), batch, step);
    last = computed;
    return computed.result();
  }

  @Override
  public void learn(PackedBatch batch, CtrStep result) {
    BlockStep computed = last;
    if (computed == null) {
      throw new IllegalStateException("learn must follow a step");
    }
    last = null;
    records.learn(batch, computed);
    if (outputs.used()) {
      outputs.learn(batch, computed);
      outputs.apply(touch(BoostedShape.OUT_WEIGHT), touch(BoostedShape.OUT_BIAS));
    }
    quality.learn(batch, computed, calibrations());
    applyRecords();
  }

  @Override
  public void endRound(long step) {
    if (calibrated && shape.prefixes() > 1) {
      quality.applyCalibration(touch(BoostedShape.PREFIX_CALIBRATION));
    }
    quality.applyQuality(touch(BoostedShape.PREFIX_QUALITY));
    int weakest = records.weakest(step);
    if (weakest >= 0) {
      replace(weakest, step);
      applyRecords();
    }
  }

  @Override
  public void close() {}

  /** A new block is silent at first: the score changes by what the old one said, and no more. */
  private void replace(int t, long step) {
    int inputs = shape.network().inputSize();
    int width = shape.blockUnits();
    int from = t * width;
    double deviation = InitialValues.Normal.glorot(inputs, width).deviation();
    weights.restart(
        BoostedShape.WEIGHT,
        from,
        from + width,
        random(BoostedShape.WEIGHT, step, t, deviation, inputs * width));
    double biases = shape.boosting().biases();
    weights.restart(
        BoostedShape.BIAS, from, from + width, random(BoostedShape.BIAS, step, t, biases, width));
    double outs = outputs.used() ? 0 : InitialValues.Normal.glorot(width, 1).deviation();
    weights.restart(
        BoostedShape.OUT_WEIGHT,
        from,
        from + width,
        random(BoostedShape.OUT_WEIGHT, step, t, outs, width));
    weights.restart(BoostedShape.OUT_BIAS, t, t + 1, new float[1]);
    records.restart(t, step);
    outputs.restart(t);
  }

  /** A function of seed, tensor, step and block. */
  private float[] random(String tensor, long step, int t, double deviation, int count) {
    float[] values = new float[count];
    if (deviation > 0) {
      long key = HashedNormal.key(HashedNormal.key(seed, tensor), step);
      HashedNormal.fill(HashedNormal.key(key, t), deviation, values, 0, count);
    }
    return values;
  }

  private void applyRecords() {
    touch(BoostedShape.START)[0] = records.start();
    float[] steps = touch(BoostedShape.STEPS);
    float[] kept = touch(BoostedShape.KEPT);
    for (int t = 0; t < shape.blocks(); t++) {
      steps[t] = records.step(t);
      kept[t] = records.kept(t);
    }
  }

  /** (a, b) of every prefix in effect, the last being the model's own. */
  private float[] calibrations() {
    int last = 2 * (shape.prefixes() - 1);
    float[] all =
        last == 0
            ? new float[2]
            : Arrays.copyOf(state.tensor(BoostedShape.PREFIX_CALIBRATION).data(), last + 2);
    System.arraycopy(state.tensor(CtrShape.CALIBRATION).data(), 0, all, last, 2);
    return all;
  }

  private float[] touch(String name) {
    Tensor tensor = state.tensor(name);
    changes.touch(tensor);
    return tensor.data();
  }
}
