package io.freshet.scoring.boosted;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.Tensor;
import java.util.Map;

/**
 * The blocks over the tensors of a state, which they read in place, forwards. Every sum is one
 * chain of fused multiply-adds in ascending order: a block's bits are the same however many are
 * evaluated with it. Owns scratch memory.
 */
public final class Blocks {

  private final int inputs;
  private final int blocks;
  private final int blockUnits;
  private final float limit;
  private final Kernels kernels;
  private final float[] weight;
  private final float[] bias;
  private final float[] outWeight;
  private final float[] outBias;
  private final float[] steps;
  private final float[] kept;
  private float[] hidden = new float[0];

  /** Of the last evaluation: its first unit, and the distance between its rows. */
  private int first;

  private int pitch;

  public Blocks(BoostedShape shape, Map<String, Tensor> tensors, Kernels kernels) {
    this.inputs = shape.network().inputSize();
    this.blocks = shape.blocks();
    this.blockUnits = shape.blockUnits();
    this.limit = shape.limit();
    this.kernels = kernels;
    this.weight = data(tensors, BoostedShape.WEIGHT);
    this.bias = data(tensors, BoostedShape.BIAS);
    this.outWeight = data(tensors, BoostedShape.OUT_WEIGHT);
    this.outBias = data(tensors, BoostedShape.OUT_BIAS);
    this.steps = data(tensors, BoostedShape.STEPS);
    this.kept = data(tensors, BoostedShape.KEPT);
  }

  private static float[] data(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no tensor %s, there are %s".formatted(name, tensors.keySet()));
    }
    return tensor.data();
  }

  /** The distance between the rows of {@link #hidden}, a multiple of {@link Kernels#LANES}. */
  public int pitch() {
    return pitch;
  }

  /** [rows, pitch]: s of the units that were evaluated last, the first of them in column 0. */
  public float[] hidden() {
    return hidden;
  }

  /** Evaluates the units of blocks {@code from} to {@code to} − 1 into {@link #hidden}. */
  public void evaluate(int rows, float[] x, int from, int to) {
    int units = (to - from) * blockUnits;
    first = from * blockUnits;
    pitch = Kernels.pitch(units);
    if (hidden.length < rows * pitch) {
      hidden = new float[rows * pitch];
    }
    kernels.affine(
        rows,
        inputs,
        units,
        x,
        0,
        inputs,
        weight,
        first,
        blocks * blockUnits,
        bias,
        first,
        hidden,
        0,
        pitch);
    activate(rows * pitch);
  }

  /** s = 2·sigmoid(2z) − 1. */
  private void activate(int count) {
    for (int i = 0; i < count; i++) {
      hidden[i] *= 2f;
    }
    kernels.sigmoid(hidden, 0, count);
    for (int i = 0; i < count; i++) {
      hidden[i] = Math.fma(2f, hidden[i], -1f);
    }
  }

  /** The output of block {@code t}, evaluated last, for row {@code row} before it is cut. */
  public float rawOutput(int row, int t) {
    float sum = outBias[t];
    int at = row * pitch - first;
    for (int u = t * blockUnits; u < (t + 1) * blockUnits; u++) {
      sum = Math.fma(hidden[at + u], outWeight[u], sum);
    }
    return sum;
  }

  /** A raw output within the limit; NaN stays NaN. */
  public float cut(float raw) {
    return Math.max(-limit, Math.min(limit, raw));
  }

  /** y after block {@code t}, given y before it and the block's output. */
  public float add(float y, int t, float output) {
    return Math.fma(steps[t], output, kept[t] * y);
  }
}
