package io.freshet.scoring.ctr;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;

/**
 * The click-through network, forwards: {@link CtrShape} says what enters it. Float32; every sum is
 * one chain of fused multiply-adds in ascending order, so that all machines give the same bits.
 *
 * <pre>
 * logit = mlp(x) + skip·dense + sum of cross rows + sum of bias rows
 * probability = sigmoid(a·logit + b)
 * </pre>
 *
 * Nothing is kept between calls: the state may change between any two.
 */
public final class CtrScorer implements Scorer {

  /** Candidates whose activations are in memory at once. */
  private static final int BLOCK = 32;

  private final CtrShape shape;
  private final CtrInputs inputs;
  private final LayerStack mlp;
  private final float[] calibration;

  private final float[] x;
  private final float[] outputs = new float[BLOCK];

  public CtrScorer(CtrShape shape, ModelState state) {
    this(shape, state, Kernels.best());
  }

  CtrScorer(CtrShape shape, ModelState state, Kernels kernels) {
    this.shape = shape;
    this.inputs = new CtrInputs(shape, state, kernels);
    this.mlp =
        new LayerStack(shape.mlp(), CtrShape.MLP_OUT_WEIGHT, CtrShape.MLP_OUT_BIAS, state, kernels);
    this.calibration = state.tensor(CtrShape.CALIBRATION).data();
    this.x = new float[BLOCK * shape.inputSize()];
  }

  @Override
  public float logit(EncodedExample example) {
    return logit(example, counters(example));
  }

  @Override
  public float logit(EncodedExample example, float[] counters) {
    prepare();
    inputs.fill(example, counters, x, 0);
    mlp.run(1, x, 0, shape.inputSize(), outputs, 0);
    return inputs.withAdditions(outputs[0], example, x, 0);
  }

  @Override
  public void logits(EncodedExample[] candidates, float[] out) {
    prepare();
    float[] counters = new float[shape.counterSize()];
    for (int start = 0; start < candidates.length; start += BLOCK) {
      int count = Math.min(BLOCK, candidates.length - start);
      for (int i = 0; i < count; i++) {
        inputs.counters(candidates[start + i], counters);
        inputs.fill(candidates[start + i], counters, x, i * shape.inputSize());
      }
      mlp.run(count, x, 0, shape.inputSize(), outputs, 0);
      for (int i = 0; i < count; i++) {
        out[start + i] =
            inputs.withAdditions(outputs[i], candidates[start + i], x, i * shape.inputSize());
      }
    }
  }

  @Override
  public float calibrate(float logit) {
    return FloatMath.sigmoid(Math.fma(calibration[0], logit, calibration[1]));
  }

  @Override
  public float[] counters(EncodedExample example) {
    float[] counters = new float[shape.counterSize()];
    inputs.counters(example, counters);
    return counters;
  }

  private void prepare() {
    mlp.prepare();
    inputs.prepare();
  }
}
