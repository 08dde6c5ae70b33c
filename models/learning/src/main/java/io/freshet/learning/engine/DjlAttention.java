package io.freshet.learning.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.learning.engine.CtrStep.Moments;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * The activation unit of one history on PyTorch, within one step. Its first layer on [q, k, q−k,
 * q∘k] with weights (Wq, Wk, Wd, Wp) is split: (Wq+Wd) of q, once per example, and (Wk−Wd, Wp) of
 * [k, q∘k], once per position.
 */
final class DjlAttention {

  private final String firstWeight;
  private final String outBias;
  private final Normalize normalize;
  private final PackedHistory history;
  private final DjlArrays arrays;
  private final DjlStack stack;
  private final PtNDArray perPosition;
  private final PtNDArray perExample;
  private final PtNDArray positionWeights;
  private final PtNDArray exampleWeights;
  private final PtNDArray scores;

  DjlAttention(
      CtrShape shape,
      int h,
      PackedHistory history,
      PackedBatch batch,
      DjlArrays arrays,
      Map<String, Tensor> tensors,
      boolean training) {
    this.history = history;
    this.arrays = arrays;
    this.normalize = shape.attention().normalize();
    this.outBias = shape.attentionOutBias(h);
    String out = shape.attentionOutWeight(h);
    var layers = shape.attentionLayers(h);
    stack = new DjlStack(layers, out, outBias, arrays, tensors, training);
    firstWeight = layers.isEmpty() ? out : layers.get(0).weight();
    float[] weights = Tensors.data(tensors, firstWeight);
    int d = history.width;
    int units = weights.length / (4 * d);
    float[] split = split(weights, d * units);
    perPosition = stack.leaf("k" + h, history.keysAndProducts(), history.positions, 2L * d);
    perExample = stack.leaf("q" + h, history.queries, batch.size(), d);
    positionWeights = stack.leaf("Wk" + h, Arrays.copyOf(split, 2 * d * units), 2L * d, units);
    exampleWeights =
        stack.leaf("Wq" + h, Arrays.copyOfRange(split, 2 * d * units, 3 * d * units), d, units);
    PtNDArray owners = arrays.ints("owners" + h, history.owners, history.positions);
    PtNDArray ofExamples = JniUtils.matmul(perExample, exampleWeights).add(stack.bias(0));
    PtNDArray first =
        JniUtils.matmul(perPosition, positionWeights)
            .addi(JniUtils.embedding(owners, ofExamples, false));
    scores = stack.forward(first, rowWeights(batch));
  }

  /** [positions]. */
  float[] scores() {
    return DjlArrays.read(scores);
  }

  Map<String, Moments> moments() {
    return stack.moments();
  }

  /**
   * Adds the gradients of keys and queries to the history's.
   *
   * @param gradient [positions] of the scores
   */
  void backward(float[] gradient, Map<String, float[]> tensors) {
    stack.backward(gradient);
    history.addKeysAndProducts(DjlArrays.read(perPosition.getGradient()));
    history.addQueries(DjlArrays.read(perExample.getGradient()));
    stack.gradients(tensors);
    tensors.put(
        firstWeight,
        join(
            DjlArrays.read(positionWeights.getGradient()),
            DjlArrays.read(exampleWeights.getGradient())));
    if (normalize == Normalize.SOFTMAX) {
      // Softmax does not see a shift of all scores. What rounding leaves of this gradient would
      // make
      // an adaptive optimiser wander.
      tensors.put(outBias, new float[1]);
    }
  }

  private float[] rowWeights(PackedBatch batch) {
    float[] weights = new float[history.positions];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = batch.weights()[history.owners[j]];
    }
    return weights;
  }

  /** From (Wq, Wk, Wd, Wp) to (Wk−Wd, Wp, Wq+Wd); {@code n} floats each. */
  private static float[] split(float[] weights, int n) {
    float[] split = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float difference = weights[2 * n + i];
      split[i] = weights[n + i] - difference;
      split[n + i] = weights[3 * n + i];
      split[2 * n + i] = weights[i] + difference;
    }
    return split;
  }

  /** The gradient of (Wq, Wk, Wd, Wp) from those of the split weights. */
  private static float[] join(float[] position, float[] example) {
    int n = example.length;
    float[] joined = new float[4 * n];
    for (int i = 0; i < n; i++) {
      joined[i] = example[i];
      joined[n + i] = position[i];
      joined[2 * n + i] = example[i] - position[i];
      joined[3 * n + i] = position[n + i];
    }
    return joined;
  }
}
