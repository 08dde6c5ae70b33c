package io.freshet.learning.engine;

import java.util.Map;

/**
 * What one forward and backward gives. The loss is the sum over the batch of weight × log loss of
 * the uncalibrated logit, divided by the number of examples; gradients are that loss's.
 *
 * @param logits [B] before calibration
 * @param tensors gradient of every trainable tensor, by name
 * @param rows [tables][entries × width] gradients of the gathered rows
 * @param moments of the inputs of every Dice activation, by layer; a layer that saw no positions is
 *     missing
 */
public record CtrStep(
    float[] logits,
    double loss,
    Map<String, float[]> tensors,
    float[][] rows,
    Map<String, Moments> moments) {

  /**
   * The gradient of a trainable tensor.
   *
   * @throws IllegalArgumentException if the engine gave none
   */
  public float[] gradient(String tensor) {
    float[] gradient = tensors.get(tensor);
    if (gradient == null) {
      throw new IllegalArgumentException(
          "no gradient of tensor %s, there are those of %s".formatted(tensor, tensors.keySet()));
    }
    return gradient;
  }

  /** Mean and variance per unit, weighted by the examples' weights. */
  public record Moments(float[] mean, float[] variance) {}
}
