package io.freshet.learning.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.learning.engine.CtrStep.Moments;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The click-through network on a device behind a bus, where every trip counts and arithmetic is
 * cheap: one array goes there a step, everything from rows to gradients is done there, one array
 * comes back. Tables stay in the host's memory: only a batch's unique rows travel. Nothing here may
 * make an array on the device by another way, so only operations between arrays are used (DJL sends
 * a plain number by itself).
 */
final class DeviceCtrMath implements CtrMath {

  private final CtrShape shape;
  private final DjlTransfer transfer;
  private final String engine;

  /**
   * @param engine its name and version, with the device
   */
  DeviceCtrMath(CtrShape shape, DjlTransfer transfer, String engine) {
    this.shape = shape;
    this.transfer = transfer;
    this.engine = engine;
  }

  @Override
  public String engine() {
    return engine;
  }

  @Override
  public CtrStep step(Map<String, Tensor> tensors, PackedBatch batch) {
    return DjlRuntime.run(
        true, () -> transfer.within(() -> new Pass(tensors, batch, true).step(tensors)));
  }

  @Override
  public float[] logits(Map<String, Tensor> tensors, PackedBatch batch) {
    return DjlRuntime.run(
        false,
        () -> transfer.within(() -> transfer.receive(new Pass(tensors, batch, false).logits)));
  }

  @Override
  public void close() {
    transfer.close();
  }

  /** One forward, and its backward. */
  private final class Pass {

    private final PackedBatch batch;
    private final Cargo cargo;
    private final Unloaded parts;
    private final List<PtNDArray> ids = new ArrayList<>();
    private final Map<String, PtNDArray> moments = new LinkedHashMap<>();
    final PtNDArray logits;

    Pass(Map<String, Tensor> tensors, PackedBatch batch, boolean training) {
      this.batch = batch;
      this.cargo = CtrCargo.of(shape, tensors, batch, training);
      this.parts = new Unloaded(cargo, transfer.send(cargo), training);
      for (int i = 0; i < batch.ids().length; i++) {
        ids.add(rows(i));
      }
      DeviceLayers top =
          new DeviceLayers(
              shape.mlp(), CtrShape.MLP_OUT_WEIGHT, CtrShape.MLP_OUT_BIAS, parts, moments);
      this.logits = JniUtils.reshape(linear(top.forward(top.affine(0, x()))), new long[] {-1});
    }

    CtrStep step(Map<String, Tensor> tensors) {
      PtNDArray labels = parts.get(CtrCargo.LABELS);
      PtNDArray probabilities =
          JniUtils.reshape(
              JniUtils.sigmoid(JniUtils.detachGradient(logits)), new long[] {batch.size(), 1});
      PtNDArray from =
          JniUtils.mul(JniUtils.sub(probabilities, labels), parts.get(CtrCargo.WEIGHTS));
      JniUtils.backward(logits, JniUtils.reshape(from, new long[] {-1}), false, false);
      List<PtNDArray> results = new ArrayList<>(List.of(logits, parts.gradient()));
      moments.values().forEach(m -> results.add(JniUtils.reshape(m, new long[] {-1})));
      return read(transfer.receive(JniUtils.cat(results.toArray(PtNDArray[]::new), 0)), tensors);
    }

    private CtrStep read(float[] all, Map<String, Tensor> tensors) {
      float[] values = Arrays.copyOf(all, batch.size());
      int at = values.length;
      Map<String, float[]> gradients = new HashMap<>();
      for (Cargo.Part part : cargo.learnt()) {
        gradients.put(part.name(), Arrays.copyOfRange(all, at, at + part.size()));
        at += part.size();
      }
      float[][] rows = new float[batch.rows().length][];
      for (int t = 0; t < rows.length; t++) {
        float[] gradient = gradients.remove(CtrCargo.rows(t));
        rows[t] = gradient == null ? new float[0] : gradient;
      }
      settleBiases(gradients);
      Map<String, Moments> read = new HashMap<>();
      for (LayerSpec layer : layers()) {
        if (moments.containsKey(layer.name())) {
          int middle = at + layer.out();
          read.put(
              layer.name(),
              DjlStack.moments(
                  Arrays.copyOfRange(all, at, middle),
                  Arrays.copyOfRange(all, middle, middle + layer.out()),
                  Tensors.data(tensors, layer.mean())));
          at = middle + layer.out();
        }
      }
      return new CtrStep(values, new LogLoss(values, batch).loss, gradients, rows, read);
    }

    /** In the order in which moments are taken. */
    private List<LayerSpec> layers() {
      List<LayerSpec> layers = new ArrayList<>();
      for (int h = 0; h < shape.layout().histories().size(); h++) {
        layers.addAll(shape.attentionLayers(h));
      }
      layers.addAll(shape.mlp());
      return layers;
    }

    /** Softmax does not see a shift of all scores: what rounding leaves of its gradient is none. */
    private void settleBiases(Map<String, float[]> gradients) {
      for (int h = 0; h < shape.layout().histories().size(); h++) {
        if (shape.pooling() == Pooling.ATTENTION
            && shape.attention().normalize() == Normalize.SOFTMAX) {
          gradients.put(shape.attentionOutBias(h), new float[1]);
        }
      }
      for (TensorSpec spec : shape.tensors()) {
        if (spec.role() == TensorSpec.Role.TRAINABLE && !gradients.containsKey(spec.name())) {
          throw new IllegalStateException("a step must give the gradient of " + spec.name());
        }
      }
    }

    /** [B][input size]. */
    private PtNDArray x() {
      List<PtNDArray> inputs = new ArrayList<>();
      for (int h = 0; h < shape.layout().histories().size(); h++) {
        HistorySlot slot = shape.layout().histories().get(h);
        PtNDArray query =
            CtrCargo.cat(slot.idSlots().stream().map(ids::get).toArray(PtNDArray[]::new), 1);
        PtNDArray pooled = pooled(h, query);
        inputs.add(pooled);
        inputs.add(JniUtils.mul(query, pooled));
      }
      inputs.addAll(ids);
      for (int b = 0; b < batch.bags().length; b++) {
        PtNDArray rows =
            JniUtils.embedding(
                parts.get(CtrCargo.bag(b)),
                parts.get(CtrCargo.rows(batch.ids().length + b)),
                false);
        int width = shape.layout().bags().get(b).width();
        inputs.add(
            JniUtils.reshape(
                JniUtils.matmul(parts.get(CtrCargo.bagShares(b)), rows),
                new long[] {batch.size(), width}));
      }
      if (shape.denseSize() > 0) {
        inputs.add(parts.get(CtrCargo.DENSE));
      }
      return CtrCargo.cat(inputs.toArray(PtNDArray[]::new), 1);
    }

    /** Nothing, where no example has a history; the difference is an array of zeros. */
    private PtNDArray pooled(int h, PtNDArray query) {
      if (batch.positions(h) == 0) {
        return JniUtils.sub(query, query);
      }
      int longest = CtrCargo.longest(batch.historyOffsets()[h]);
      return new DeviceHistory(shape, h, batch.size(), longest, parts, query).pooled(moments);
    }

    /** What reaches the logit past the network, added. */
    private PtNDArray linear(PtNDArray network) {
      PtNDArray sum = network;
      if (shape.linearSkip() && shape.denseSize() > 0) {
        sum =
            JniUtils.add(sum, JniUtils.matmul(parts.get(CtrCargo.DENSE), parts.get(CtrShape.SKIP)));
      }
      int first = batch.ids().length + batch.bags().length;
      for (int i = 0; i < batch.crosses().length + batch.biases().length; i++) {
        sum = JniUtils.add(sum, rows(first + i));
      }
      return sum;
    }

    /** [B][width]. */
    private PtNDArray rows(int table) {
      return JniUtils.embedding(
          parts.get(CtrCargo.entries(table)), parts.get(CtrCargo.rows(table)), false);
    }
  }
}
