package io.freshet.learning.boosted;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.MeanPooledInput;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.scoring.boosted.Blocks;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Forward and backward of the boosted network by hand, as a pure function of tensors, batch and
 * step. Every block learns by its own objective, which takes the sum before it as given, evaluated
 * before any block changed. With the loss's negative gradient r and curvature h there (r = y − p
 * and h = p(1 − p) of the log loss), and the example's weight w, it is the mean over the block's
 * subsample of
 *
 * <pre>
 * newton: w·(h·f² / 2 − r·f)    the loss to second order: least squares for r/h, weighted by h
 * damped: −w·r·f                the linear loss of arXiv 1506.04820, Algorithm 1
 * </pre>
 *
 * A gradient that would push a cut output further out is 0.
 *
 * <p>Rows of tables, and the linear skip, learn by the loss of the whole sum only. They are shared:
 * were every block's objective to reach them, a row would be pulled by T residuals of which the
 * early ones hold all that later blocks already explain, T times over, and it would serve the
 * prefixes at the price of the model that is judged. By the whole sum a row gets one gradient, that
 * of the loss that is reported, and one update a batch.
 */
final class BlockMath {

  private final BoostedShape shape;
  private final BlockLoss loss;
  private final Kernels kernels;
  private final long sampleKey;
  private final double subsample;
  private final int inputs;
  private final int units;
  private final int blocks;
  private final int blockUnits;

  /**
   * @param seed from which, with step and block, the subsamples are drawn
   */
  BlockMath(BoostedShape shape, BlockLoss loss, Kernels kernels, long seed) {
    this.shape = shape;
    this.loss = loss;
    this.kernels = kernels;
    this.sampleKey = HashedNormal.key(seed, "boost.subsample");
    this.subsample = shape.boosting().subsample();
    this.inputs = shape.network().inputSize();
    this.units = shape.units();
    this.blocks = shape.blocks();
    this.blockUnits = shape.blockUnits();
  }

  String engine() {
    return "java " + kernels.name();
  }

  BlockStep step(Map<String, Tensor> tensors, PackedBatch batch, long step) {
    return new Pass(tensors, batch).step(step);
  }

  /** One forward, and its backward. */
  private final class Pass {

    private final Map<String, Tensor> tensors;
    private final PackedBatch batch;
    private final int size;
    private final MeanPooledInput input;
    private final Blocks forward;
    private final int pitch;
    private final float[] hidden;
    private final float[] base;
    private final float[] raw;
    private final float[] outputs;
    private final float[] sums;
    private final float[] logits;

    Pass(Map<String, Tensor> tensors, PackedBatch batch) {
      this.tensors = tensors;
      this.batch = batch;
      this.size = batch.size();
      this.input = new MeanPooledInput(shape.network(), batch);
      this.forward = new Blocks(shape, tensors, kernels);
      this.base = new float[size];
      Arrays.fill(base, data(BoostedShape.START)[0]);
      input.addLinear(base, tensors);
      forward.evaluate(size, input.x(), 0, blocks);
      this.pitch = forward.pitch();
      this.hidden = forward.hidden();
      this.raw = new float[size * blocks];
      this.outputs = new float[size * blocks];
      this.sums = new float[size * (blocks + 1)];
      this.logits = new float[size];
      for (int e = 0; e < size; e++) {
        int sum = e * (blocks + 1);
        for (int t = 0; t < blocks; t++) {
          int at = e * blocks + t;
          raw[at] = forward.rawOutput(e, t);
          outputs[at] = forward.cut(raw[at]);
          sums[sum + t + 1] = forward.add(sums[sum + t], t, outputs[at]);
        }
        logits[e] = base[e] + sums[sum + blocks];
      }
    }

    BlockStep step(long step) {
      double sum = 0;
      float[] ofLogit = new float[size];
      for (int e = 0; e < size; e++) {
        float label = batch.labels()[e];
        float weight = batch.weights()[e];
        sum += (double) weight * loss.of(logits[e], label);
        ofLogit[e] = -weight * loss.residual(logits[e], label) / size;
      }
      Map<String, float[]> gradients = new HashMap<>();
      ofBlocks(ofOutputs(step), gradients);
      float[][] rows = input.backward(ofInput(ofLogit), ofLogit, gradients);
      CtrStep result = new CtrStep(logits, sum / size, gradients, rows, Map.of());
      return new BlockStep(result, base, outputs, sums, hidden, pitch);
    }

    /** [B][T]: the gradient of every block's objective by its output. */
    private float[] ofOutputs(long step) {
      float[] gradient = new float[size * blocks];
      boolean newton = shape.boosting().sums() == Sums.NEWTON;
      float share = (float) (1 / (subsample * size));
      long stepKey = HashedNormal.key(sampleKey, step);
      for (int t = 0; t < blocks; t++) {
        long key = HashedNormal.key(stepKey, t);
        for (int e = 0; e < size; e++) {
          if (subsample < 1 && HashedNormal.uniform(key, e) >= subsample) {
            continue;
          }
          int at = e * blocks + t;
          float before = base[e] + sums[e * (blocks + 1) + t];
          float residual = loss.residual(before, batch.labels()[e]);
          float fitted = newton ? loss.curvature(residual) * outputs[at] : 0;
          float g = share * batch.weights()[e] * (fitted - residual);
          boolean outwards = g < 0 ? raw[at] >= shape.limit() : raw[at] <= -shape.limit();
          gradient[at] = outwards ? 0 : g;
        }
      }
      return gradient;
    }

    /** The gradients of the blocks' tensors. */
    private void ofBlocks(float[] ofOutputs, Map<String, float[]> gradients) {
      float[] outWeight = new float[units];
      float[] outBias = new float[blocks];
      float[] bias = new float[units];
      float[] v = data(BoostedShape.OUT_WEIGHT);
      float[] before = new float[size * pitch];
      for (int e = 0; e < size; e++) {
        for (int t = 0; t < blocks; t++) {
          float g = ofOutputs[e * blocks + t];
          outBias[t] += g;
          for (int u = t * blockUnits; u < (t + 1) * blockUnits; u++) {
            float s = hidden[e * pitch + u];
            outWeight[u] += g * s;
            float d = g * v[u] * (1f - s * s);
            bias[u] += d;
            before[e * pitch + u] = d;
          }
        }
      }
      gradients.put(BoostedShape.OUT_WEIGHT, outWeight);
      gradients.put(BoostedShape.OUT_BIAS, outBias);
      gradients.put(BoostedShape.BIAS, bias);
      float[] weight = new float[inputs * units];
      float[] xs = transposed(input.x(), size, inputs);
      product(inputs, size, units, xs, size, before, pitch, weight, units);
      gradients.put(BoostedShape.WEIGHT, weight);
    }

    /** [B][input size]: the gradient of the whole sum's loss by x. */
    private float[] ofInput(float[] ofLogit) {
      float[] factors = factors();
      float[] v = data(BoostedShape.OUT_WEIGHT);
      float[] before = new float[size * pitch];
      for (int e = 0; e < size; e++) {
        for (int t = 0; t < blocks; t++) {
          float output = raw[e * blocks + t];
          if (output > -shape.limit() && output < shape.limit()) {
            float g = ofLogit[e] * factors[t];
            for (int u = t * blockUnits; u < (t + 1) * blockUnits; u++) {
              float s = hidden[e * pitch + u];
              before[e * pitch + u] = g * v[u] * (1f - s * s);
            }
          }
        }
      }
      float[] x = new float[size * inputs];
      float[] weights = transposed(data(BoostedShape.WEIGHT), inputs, units);
      product(size, units, inputs, before, pitch, weights, inputs, x, inputs);
      return x;
    }

    /** [T]: the derivative of y_T by f_t. */
    private float[] factors() {
      float[] factors = new float[blocks];
      float kept = 1;
      for (int t = blocks - 1; t >= 0; t--) {
        factors[t] = kept * data(BoostedShape.STEPS)[t];
        kept *= data(BoostedShape.KEPT)[t];
      }
      return factors;
    }

    private float[] data(String name) {
      Tensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new IllegalArgumentException(
            "no tensor %s, there are %s".formatted(name, tensors.keySet()));
      }
      return tensor.data();
    }
  }

  /** c = a·b without a bias. */
  private void product(
      int rows,
      int inner,
      int columns,
      float[] a,
      int aPitch,
      float[] b,
      int bPitch,
      float[] c,
      int cPitch) {
    float[] zeros = new float[columns];
    kernels.affine(rows, inner, columns, a, 0, aPitch, b, 0, bPitch, zeros, 0, c, 0, cPitch);
  }

  private static float[] transposed(float[] x, int rows, int columns) {
    float[] result = new float[x.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * rows + r] = x[r * columns + c];
      }
    }
    return result;
  }
}
