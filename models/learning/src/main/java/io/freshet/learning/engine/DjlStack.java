package io.freshet.learning.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.learning.engine.CtrStep.Moments;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.state.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hidden layers and their linear output on PyTorch, forward and backward, within one step. */
final class DjlStack {

  /** Added to a variance before its root, as in arXiv 1706.06978, section 5.2. */
  private static final double DICE_EPSILON = 1e-8;

  private final List<LayerSpec> hidden;
  private final String outWeight;
  private final String outBias;
  private final DjlArrays arrays;
  private final Map<String, Tensor> tensors;
  private final boolean training;

  /**
   * Arrays that want a gradient, by the name of their tensor. Matrices lie transposed: [out][in].
   */
  private final Map<String, PtNDArray> leaves = new LinkedHashMap<>();

  private final Map<String, Moments> moments = new LinkedHashMap<>();
  private @Nullable PtNDArray output;

  DjlStack(
      List<LayerSpec> hidden,
      String outWeight,
      String outBias,
      DjlArrays arrays,
      Map<String, Tensor> tensors,
      boolean training) {
    this.hidden = hidden;
    this.outWeight = outWeight;
    this.outBias = outBias;
    this.arrays = arrays;
    this.tensors = tensors;
    this.training = training;
  }

  /** An array that wants a gradient while training. */
  PtNDArray leaf(String name, float[] data, long... shape) {
    return training ? arrays.leaf(name, data, shape) : arrays.floats(name, data, shape);
  }

  /**
   * The affine part of layer {@code i}; the one after the hidden layers is the output.
   *
   * @param input [n][in]
   * @return [n][out]
   */
  PtNDArray affine(int i, PtNDArray input) {
    String name = i < hidden.size() ? hidden.get(i).weight() : outWeight;
    int in = rows(name);
    int out = columns(name);
    PtNDArray transposed = leaf(name, transpose(Tensors.data(tensors, name), in, out), out, in);
    leaves.put(name, transposed);
    return JniUtils.linear(input, transposed, bias(i));
  }

  /** The bias of layer {@code i}. */
  PtNDArray bias(int i) {
    String name = i < hidden.size() ? hidden.get(i).bias() : outBias;
    float[] data = Tensors.data(tensors, name);
    PtNDArray bias = leaf(name, data, data.length);
    leaves.put(name, bias);
    return bias;
  }

  /**
   * From the affine part of layer 0 to the output.
   *
   * @param first [n][units of layer 0]
   * @param rowWeights [n], for the moments of Dice
   * @return [n][1]
   */
  PtNDArray forward(PtNDArray first, float[] rowWeights) {
    PtNDArray shares = sharesOf(rowWeights);
    PtNDArray s = first;
    for (int i = 0; i < hidden.size(); i++) {
      s = affine(i + 1, activate(hidden.get(i), s, shares));
    }
    output = s;
    return s;
  }

  /**
   * @param gradient [n] of the output
   */
  void backward(float[] gradient) {
    if (output == null) {
      throw new IllegalStateException("backward must follow forward");
    }
    PtNDArray from = arrays.floats(outWeight + ".gradient", gradient, output.getShape().getShape());
    JniUtils.backward(output, from, false, false);
  }

  /**
   * Puts the gradients of the tensors that this stack made into arrays of, in the tensors' own
   * layout.
   */
  void gradients(Map<String, float[]> into) {
    leaves.forEach(
        (name, leaf) -> {
          float[] gradient = DjlArrays.read(leaf.getGradient());
          boolean matrix = leaf.getShape().dimension() == 2;
          into.put(name, matrix ? transpose(gradient, columns(name), rows(name)) : gradient);
        });
  }

  Map<String, Moments> moments() {
    return moments;
  }

  private PtNDArray activate(LayerSpec layer, PtNDArray s, @Nullable PtNDArray shares) {
    return switch (layer.activation()) {
      case SIGMOID -> JniUtils.sigmoid(s);
      case RELU -> JniUtils.relu(s);
      case PRELU -> (PtNDArray) NDArrays.where(s.gt(0), s, s.mul(alpha(layer)));
      case DICE -> dice(s, layer, shares);
    };
  }

  private PtNDArray alpha(LayerSpec layer) {
    PtNDArray alpha = leaf(layer.alpha(), Tensors.data(tensors, layer.alpha()), layer.out());
    leaves.put(layer.alpha(), alpha);
    return alpha;
  }

  /** [1][n], weights that sum to 1; null where nobody asks for moments, or nothing has weight. */
  private @Nullable PtNDArray sharesOf(float[] rowWeights) {
    boolean dice = hidden.stream().anyMatch(layer -> layer.activation() == Activation.DICE);
    float[] shares = shares(rowWeights);
    return !training || !dice || shares == null
        ? null
        : arrays.floats(outWeight + ".shares", shares, 1, shares.length);
  }

  /** Weights that sum to 1; null where nothing has weight. */
  static float @Nullable [] shares(float[] rowWeights) {
    double sum = 0;
    for (float weight : rowWeights) {
      sum += weight;
    }
    if (sum == 0) {
      return null;
    }
    float[] shares = new float[rowWeights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (rowWeights[i] / sum);
    }
    return shares;
  }

  /** p = sigmoid((s − mean) / √(var + ε)); p·s + (1 − p)·α·s = s·(α + p·(1 − α)). */
  private PtNDArray dice(PtNDArray s, LayerSpec layer, @Nullable PtNDArray shares) {
    float[] scale = scale(layer, tensors);
    float[] mean = Tensors.data(tensors, layer.mean());
    NDArray centred = s.sub(arrays.floats(layer.mean(), mean, layer.out()));
    if (shares != null) {
      moments.put(layer.name(), moments(centred.stopGradient(), mean, shares));
    }
    NDArray p =
        JniUtils.sigmoid(
            (PtNDArray) centred.mul(arrays.floats(layer.variance(), scale, layer.out())));
    NDArray alpha = alpha(layer);
    return (PtNDArray) p.mul(alpha.neg().add(1)).add(alpha).mul(s);
  }

  /** One over the deviation that Dice knows from before the step, by unit. */
  static float[] scale(LayerSpec layer, Map<String, Tensor> tensors) {
    float[] variance = Tensors.data(tensors, layer.variance());
    float[] scale = new float[layer.out()];
    for (int u = 0; u < scale.length; u++) {
      scale[u] = (float) (1 / Math.sqrt(variance[u] + DICE_EPSILON));
    }
    return scale;
  }

  private static Moments moments(NDArray centred, float[] runningMean, PtNDArray shares) {
    return moments(
        DjlArrays.read((PtNDArray) shares.matMul(centred)),
        DjlArrays.read((PtNDArray) shares.matMul(centred.mul(centred))),
        runningMean);
  }

  /**
   * From values less the running mean, which is near theirs.
   *
   * @param mean of these values, overwritten
   * @param variance mean of their squares, overwritten
   */
  static Moments moments(float[] mean, float[] variance, float[] runningMean) {
    for (int u = 0; u < mean.length; u++) {
      variance[u] = Math.max(0, variance[u] - mean[u] * mean[u]);
      mean[u] += runningMean[u];
    }
    return new Moments(mean, variance);
  }

  private int rows(String weight) {
    return Tensors.get(tensors, weight).shape()[0];
  }

  /** A weight of one dimension has one column. */
  private int columns(String weight) {
    int[] shape = Tensors.get(tensors, weight).shape();
    return shape.length == 1 ? 1 : shape[1];
  }

  /** [rows][columns] to [columns][rows]. */
  private static float[] transpose(float[] matrix, int rows, int columns) {
    if (rows == 1 || columns == 1) {
      return matrix;
    }
    float[] transposed = new float[matrix.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        transposed[c * rows + r] = matrix[r * columns + c];
      }
    }
    return transposed;
  }
}
