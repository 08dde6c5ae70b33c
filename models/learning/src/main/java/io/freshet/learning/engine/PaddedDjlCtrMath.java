package io.freshet.learning.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The click-through network on PyTorch the usual way: histories padded to their declared length,
 * everything from rows to logits differentiated by PyTorch. What {@link DjlCtrMath} is measured
 * against, and a second opinion on its numbers.
 */
final class PaddedDjlCtrMath implements CtrMath {

  /** Added to the score of padding, which softmax then turns into 0. */
  private static final float MASKED = -1e9f;

  private final CtrShape shape;
  private final Engine engine;
  private final DjlArrays arrays;

  PaddedDjlCtrMath(CtrShape shape) {
    this.shape = shape;
    this.engine = DjlRuntime.start();
    this.arrays = new DjlArrays(engine);
  }

  @Override
  public String engine() {
    return "djl-pytorch-padded %s cpu".formatted(engine.getVersion());
  }

  @Override
  public CtrStep step(Map<String, Tensor> tensors, PackedBatch batch) {
    return DjlRuntime.run(true, () -> arrays.within(() -> new Pass(tensors, batch, true).step()));
  }

  @Override
  public float[] logits(Map<String, Tensor> tensors, PackedBatch batch) {
    return DjlRuntime.run(
        false, () -> arrays.within(() -> DjlArrays.read(new Pass(tensors, batch, false).logits)));
  }

  @Override
  public void close() {
    arrays.close();
  }

  /** One forward, and its backward. */
  private final class Pass {

    private final PackedBatch batch;
    private final DjlStack top;
    private final List<DjlStack> attentions = new ArrayList<>();
    private final List<PtNDArray> tables = new ArrayList<>();
    private final List<NDArray> ids = new ArrayList<>();
    private final Map<String, PtNDArray> linear = new HashMap<>();
    private final Map<String, Tensor> tensors;
    private final boolean training;
    final PtNDArray logits;

    Pass(Map<String, Tensor> tensors, PackedBatch batch, boolean training) {
      this.tensors = tensors;
      this.batch = batch;
      this.training = training;
      top = stack(shape.mlp(), CtrShape.MLP_OUT_WEIGHT, CtrShape.MLP_OUT_BIAS);
      List<Integer> widths = new ArrayList<>();
      shape.layout().ids().forEach(slot -> widths.add(slot.width()));
      shape.layout().bags().forEach(slot -> widths.add(slot.width()));
      while (widths.size() < batch.rows().length) {
        widths.add(1);
      }
      for (int t = 0; t < batch.rows().length; t++) {
        float[] rows = batch.rows()[t];
        int width = widths.get(t);
        tables.add(top.leaf("rows" + t, rows, rows.length / width, width));
      }
      logits = forward();
    }

    CtrStep step() {
      float[] values = DjlArrays.read(logits);
      LogLoss loss = new LogLoss(values, batch);
      PtNDArray from = arrays.floats("gradient", loss.gradient, batch.size(), 1);
      JniUtils.backward(logits, from, false, false);
      Map<String, float[]> gradients = new HashMap<>();
      Map<String, Moments> moments = new HashMap<>(top.moments());
      top.gradients(gradients);
      for (DjlStack attention : attentions) {
        attention.gradients(gradients);
        moments.putAll(attention.moments());
      }
      linear.forEach((name, leaf) -> gradients.put(name, DjlArrays.read(leaf.getGradient())));
      for (TensorSpec spec : shape.tensors()) {
        if (spec.role() == TensorSpec.Role.TRAINABLE) {
          gradients.computeIfAbsent(spec.name(), name -> new float[spec.size()]);
        }
      }
      float[][] rows = new float[tables.size()][];
      for (int t = 0; t < rows.length; t++) {
        rows[t] = DjlArrays.read(tables.get(t).getGradient());
      }
      return new CtrStep(values, loss.loss, gradients, rows, moments);
    }

    private DjlStack stack(List<LayerSpec> layers, String outWeight, String outBias) {
      return new DjlStack(layers, outWeight, outBias, arrays, tensors, training);
    }

    private PtNDArray forward() {
      int size = batch.size();
      for (int i = 0; i < batch.ids().length; i++) {
        ids.add(rows(i, arrays.ints("ids" + i, batch.ids()[i], size)));
      }
      NDList parts = new NDList();
      for (int h = 0; h < shape.layout().histories().size(); h++) {
        NDList fields = new NDList();
        shape.layout().histories().get(h).idSlots().forEach(slot -> fields.add(ids.get(slot)));
        NDArray query = concat(fields, 1);
        NDArray pooled = pooled(h, query);
        parts.add(pooled);
        parts.add(query.mul(pooled));
      }
      parts.addAll(new NDList(ids));
      for (int b = 0; b < batch.bags().length; b++) {
        parts.add(bag(b));
      }
      NDArray dense = null;
      if (shape.denseSize() > 0) {
        dense = arrays.floats("dense", batch.dense(), size, shape.denseSize());
        parts.add(dense);
      }
      PtNDArray x = (PtNDArray) concat(parts, 1);
      NDArray sum = top.forward(top.affine(0, x), batch.weights());
      if (shape.linearSkip() && dense != null) {
        PtNDArray skip =
            top.leaf(CtrShape.SKIP, Tensors.data(tensors, CtrShape.SKIP), shape.denseSize());
        linear.put(CtrShape.SKIP, skip);
        sum = sum.add(dense.matMul(skip.reshape(shape.denseSize(), 1)));
      }
      int table = batch.ids().length + batch.bags().length;
      for (int[] entries : batch.crosses()) {
        sum = sum.add(rows(table, arrays.ints("entries" + table, entries, size)));
        table++;
      }
      for (int[] entries : batch.biases()) {
        sum = sum.add(rows(table, arrays.ints("entries" + table, entries, size)));
        table++;
      }
      return (PtNDArray) sum;
    }

    /** [B][width] of a history. */
    private NDArray pooled(int h, NDArray query) {
      HistorySlot slot = shape.layout().histories().get(h);
      int size = batch.size();
      int length = slot.length();
      int width = slot.width();
      NDList fields = new NDList();
      for (int f = 0; f < slot.idSlots().size(); f++) {
        int[] padded = new int[size * length];
        for (int e = 0; e < size; e++) {
          int from = batch.historyOffsets()[h][e];
          int n = batch.historyOffsets()[h][e + 1] - from;
          System.arraycopy(batch.histories()[h][f], from, padded, e * length, n);
        }
        PtNDArray entries = arrays.ints("history" + h + "." + f, padded, size, length);
        fields.add(rows(slot.idSlots().get(f), entries));
      }
      NDArray keys = concat(fields, 2);
      NDArray weights = weights(h, query, keys, length, width);
      return weights.reshape(size, 1, length).matMul(keys).reshape(size, width);
    }

    /** [B][length], 0 where padded. */
    private NDArray weights(int h, NDArray query, NDArray keys, int length, int width) {
      int size = batch.size();
      float[] real = new float[size * length];
      float[] share = new float[size * length];
      float[] rowWeights = new float[size * length];
      for (int e = 0; e < size; e++) {
        int n = batch.historyOffsets()[h][e + 1] - batch.historyOffsets()[h][e];
        for (int j = e * length; j < e * length + n; j++) {
          real[j] = 1;
          share[j] = 1f / n;
          rowWeights[j] = batch.weights()[e];
        }
      }
      NDArray mask = arrays.floats("mask" + h, real, size, length);
      NDArray shares = arrays.floats("share" + h, share, size, length);
      if (shape.pooling() == Pooling.MEAN) {
        return shares;
      }
      DjlStack attention =
          stack(shape.attentionLayers(h), shape.attentionOutWeight(h), shape.attentionOutBias(h));
      attentions.add(attention);
      NDArray queries = query.expandDims(1).broadcast(new Shape(size, length, width));
      NDArray input =
          NDArrays.concat(new NDList(queries, keys, queries.sub(keys), queries.mul(keys)), 2);
      PtNDArray flat = (PtNDArray) input.reshape((long) size * length, 4L * width);
      NDArray scores =
          attention.forward(attention.affine(0, flat), rowWeights).reshape(size, length);
      Normalize normalize = shape.attention().normalize();
      return switch (normalize) {
        case SOFTMAX -> scores.add(mask.neg().add(1).mul(MASKED)).softmax(1).mul(mask);
        case MEAN -> scores.mul(shares);
        case NONE -> scores.mul(mask);
      };
    }

    private NDArray bag(int b) {
      int table = batch.ids().length + b;
      int size = batch.size();
      int longest = 1;
      for (int e = 0; e < size; e++) {
        int n = batch.bagOffsets()[b][e + 1] - batch.bagOffsets()[b][e];
        longest = Math.max(longest, n);
      }
      int[] padded = new int[size * longest];
      float[] share = new float[size * longest];
      for (int e = 0; e < size; e++) {
        int from = batch.bagOffsets()[b][e];
        int n = batch.bagOffsets()[b][e + 1] - from;
        for (int j = 0; j < n; j++) {
          padded[e * longest + j] = batch.bags()[b][from + j];
          share[e * longest + j] = 1f / n;
        }
      }
      int width = shape.layout().bags().get(b).width();
      NDArray rows = rows(table, arrays.ints("bag" + b, padded, size, longest));
      NDArray shares = arrays.floats("bagShare" + b, share, size, 1, longest);
      return shares.matMul(rows).reshape(size, width);
    }

    /** DJL's concatenation of a single array is a copy that no gradient passes. */
    private static NDArray concat(NDList parts, int axis) {
      return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, axis);
    }

    private NDArray rows(int table, PtNDArray entries) {
      return JniUtils.embedding(entries, tables.get(table), false);
    }
  }
}
