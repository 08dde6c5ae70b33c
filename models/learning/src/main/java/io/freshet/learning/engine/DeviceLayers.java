package io.freshet.learning.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.scoring.ctr.LayerSpec;
import java.util.List;
import java.util.Map;

/** Hidden layers and their linear output on a device, of arrays that are there. */
final class DeviceLayers {

  private final List<LayerSpec> hidden;
  private final String outWeight;
  private final String outBias;
  private final Unloaded parts;
  private final Map<String, PtNDArray> moments;

  /**
   * @param moments takes [2 × units] by layer: means of what entered, and of its square, both less
   *     the running mean; where {@link #shares} are in the cargo
   */
  DeviceLayers(
      List<LayerSpec> hidden,
      String outWeight,
      String outBias,
      Unloaded parts,
      Map<String, PtNDArray> moments) {
    this.hidden = hidden;
    this.outWeight = outWeight;
    this.outBias = outBias;
    this.parts = parts;
    this.moments = moments;
  }

  /** Names the weights by which moments are taken, [1][n]. */
  static String shares(String outWeight) {
    return outWeight + ".shares";
  }

  /** [in][out] of layer {@code i}; the one after the hidden layers is the output. */
  PtNDArray weight(int i) {
    return parts.get(i < hidden.size() ? hidden.get(i).weight() : outWeight);
  }

  PtNDArray bias(int i) {
    return parts.get(i < hidden.size() ? hidden.get(i).bias() : outBias);
  }

  PtNDArray affine(int i, PtNDArray input) {
    return JniUtils.add(JniUtils.matmul(input, weight(i)), bias(i));
  }

  /**
   * From the affine part of layer 0 to the output.
   *
   * @param first [n][units of layer 0]
   * @return [n][1]
   */
  PtNDArray forward(PtNDArray first) {
    PtNDArray s = first;
    for (int i = 0; i < hidden.size(); i++) {
      s = affine(i + 1, activate(hidden.get(i), s));
    }
    return s;
  }

  private PtNDArray activate(LayerSpec layer, PtNDArray s) {
    return switch (layer.activation()) {
      case SIGMOID -> JniUtils.sigmoid(s);
      case RELU -> JniUtils.relu(s);
      // max(s, 0) − α·max(−s, 0)
      case PRELU ->
          JniUtils.sub(
              JniUtils.relu(s),
              JniUtils.mul(JniUtils.relu(JniUtils.neg(s)), parts.get(layer.alpha())));
      case DICE -> dice(s, layer);
    };
  }

  /** p = sigmoid((s − mean) / √(var + ε)); s·(α + p·(1 − α)) = s·(α + p − p·α). */
  private PtNDArray dice(PtNDArray s, LayerSpec layer) {
    PtNDArray centred = JniUtils.sub(s, parts.get(layer.mean()));
    if (parts.has(shares(outWeight))) {
      moments.put(layer.name(), moments(JniUtils.detachGradient(centred)));
    }
    PtNDArray p = JniUtils.sigmoid(JniUtils.mul(centred, parts.get(layer.variance())));
    PtNDArray alpha = parts.get(layer.alpha());
    PtNDArray slope = JniUtils.sub(JniUtils.add(alpha, p), JniUtils.mul(p, alpha));
    return JniUtils.mul(slope, s);
  }

  private PtNDArray moments(PtNDArray centred) {
    PtNDArray shares = parts.get(shares(outWeight));
    PtNDArray mean = JniUtils.matmul(shares, centred);
    PtNDArray square = JniUtils.matmul(shares, JniUtils.mul(centred, centred));
    return JniUtils.cat(new PtNDArray[] {mean, square}, 1);
  }
}
