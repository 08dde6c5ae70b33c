package io.freshet.learning.engine;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One history of a batch on a device: from rows to one vector an example. The activation unit works
 * on positions that there are, its first layer split as in {@link DjlAttention}; only the sum over
 * positions is padded, to the longest history of the batch.
 */
final class DeviceHistory {

  private final CtrShape shape;
  private final int h;
  private final int size;
  private final int longest;
  private final int width;
  private final Unloaded parts;
  private final PtNDArray keys;
  private final PtNDArray query;

  /**
   * @param longest positions of the longest history of the batch, at least 1
   * @param query [B][width]
   */
  DeviceHistory(CtrShape shape, int h, int size, int longest, Unloaded parts, PtNDArray query) {
    this.shape = shape;
    this.h = h;
    this.size = size;
    this.longest = longest;
    this.parts = parts;
    this.query = query;
    HistorySlot slot = shape.layout().histories().get(h);
    this.width = slot.width();
    PtNDArray[] fields = new PtNDArray[slot.idSlots().size()];
    for (int f = 0; f < fields.length; f++) {
      PtNDArray rows = parts.get(CtrCargo.rows(slot.idSlots().get(f)));
      fields[f] = JniUtils.embedding(parts.get(CtrCargo.field(h, f)), rows, false);
    }
    this.keys = CtrCargo.cat(fields, 1);
  }

  /** [B][width]. */
  PtNDArray pooled(Map<String, PtNDArray> moments) {
    PtNDArray all = JniUtils.cat(new PtNDArray[] {keys, parts.get(CtrCargo.nothing(h))}, 0);
    PtNDArray padded = JniUtils.embedding(parts.get(CtrCargo.places(h)), all, false);
    PtNDArray row = JniUtils.reshape(weights(moments), new long[] {size, 1, longest});
    return JniUtils.reshape(JniUtils.matmul(row, padded), new long[] {size, width});
  }

  /** [B][longest]; where padding is, the key is 0 whatever its weight. */
  private PtNDArray weights(Map<String, PtNDArray> moments) {
    if (shape.pooling() == Pooling.MEAN) {
      return parts.get(CtrCargo.factors(h));
    }
    PtNDArray all = JniUtils.cat(new PtNDArray[] {scores(moments), parts.get(CtrCargo.MASKED)}, 0);
    PtNDArray padded =
        JniUtils.reshape(
            JniUtils.embedding(parts.get(CtrCargo.places(h)), all, false),
            new long[] {size, longest});
    return switch (shape.attention().normalize()) {
      case SOFTMAX -> JniUtils.softmax(padded, 1, DataType.FLOAT32);
      case MEAN, NONE -> JniUtils.mul(padded, parts.get(CtrCargo.factors(h)));
    };
  }

  /** [positions][1]. */
  private PtNDArray scores(Map<String, PtNDArray> moments) {
    List<LayerSpec> hidden = shape.attentionLayers(h);
    DeviceLayers layers =
        new DeviceLayers(
            hidden, shape.attentionOutWeight(h), shape.attentionOutBias(h), parts, moments);
    long[] sizes = new long[4];
    Arrays.fill(sizes, width);
    NDList split = JniUtils.split(layers.weight(0), sizes, 0);
    PtNDArray ofQuery = (PtNDArray) split.get(0);
    PtNDArray ofKey = (PtNDArray) split.get(1);
    PtNDArray ofDifference = (PtNDArray) split.get(2);
    PtNDArray ofProduct = (PtNDArray) split.get(3);
    PtNDArray owners = parts.get(CtrCargo.owners(h));
    PtNDArray ofExamples =
        JniUtils.add(JniUtils.matmul(query, JniUtils.add(ofQuery, ofDifference)), layers.bias(0));
    PtNDArray products = JniUtils.mul(keys, JniUtils.embedding(owners, query, false));
    PtNDArray ofPositions =
        JniUtils.add(
            JniUtils.matmul(keys, JniUtils.sub(ofKey, ofDifference)),
            JniUtils.matmul(products, ofProduct));
    return layers.forward(JniUtils.add(ofPositions, JniUtils.embedding(owners, ofExamples, false)));
  }
}
