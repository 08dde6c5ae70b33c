package io.freshet.learning.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import io.freshet.learning.engine.CtrStep.Moments;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The click-through network on PyTorch by DJL. PyTorch differentiates the layers, where nearly all
 * arithmetic is; gathering, pooling and the loss, which are small and irregular, are differentiated
 * by hand on the host, so that histories need no padding. Backward is called on the layers' outputs
 * directly: DJL's own gradient collector allows one thread of a process.
 */
public final class DjlCtrMath implements CtrMath {

  private final CtrShape shape;
  private final Engine engine;
  private final DjlArrays arrays;

  public DjlCtrMath(CtrShape shape) {
    this.shape = shape;
    this.engine = DjlRuntime.start();
    this.arrays = new DjlArrays(engine);
  }

  @Override
  public String engine() {
    return "djl-pytorch %s cpu".formatted(engine.getVersion());
  }

  @Override
  public CtrStep step(Map<String, Tensor> tensors, PackedBatch batch) {
    return run(true, () -> new Pass(tensors, batch, true).step());
  }

  @Override
  public float[] logits(Map<String, Tensor> tensors, PackedBatch batch) {
    return run(false, () -> new Pass(tensors, batch, false).logits);
  }

  @Override
  public void close() {
    arrays.close();
  }

  private <T> T run(boolean training, Supplier<T> work) {
    return DjlRuntime.run(training, () -> arrays.within(work));
  }

  /** One forward, and its backward. */
  private final class Pass {

    private final PackedBatch batch;
    private final List<PackedHistory> histories = new ArrayList<>();
    private final List<@Nullable DjlAttention> attentions = new ArrayList<>();
    private final List<Pool> pools = new ArrayList<>();
    private final NetworkInput input;
    private final PtNDArray x;
    private final DjlStack top;
    private final LinearTerms linear;
    final float[] logits;

    Pass(Map<String, Tensor> tensors, PackedBatch batch, boolean training) {
      this.batch = batch;
      for (int h = 0; h < shape.layout().histories().size(); h++) {
        PackedHistory history = new PackedHistory(shape, batch, h);
        DjlAttention attention = null;
        if (shape.pooling() == Pooling.ATTENTION && history.positions > 0) {
          attention = new DjlAttention(shape, h, history, batch, arrays, tensors, training);
        }
        histories.add(history);
        attentions.add(attention);
        pools.add(
            attention == null
                ? Pool.mean(history)
                : new Pool(history, shape.attention().normalize(), attention.scores()));
      }
      input = new NetworkInput(shape, batch, histories, pools);
      top =
          new DjlStack(
              shape.mlp(),
              CtrShape.MLP_OUT_WEIGHT,
              CtrShape.MLP_OUT_BIAS,
              arrays,
              tensors,
              training);
      x = top.leaf("x", input.x, batch.size(), shape.inputSize());
      logits = DjlArrays.read(top.forward(top.affine(0, x), batch.weights()));
      linear = new LinearTerms(shape, batch);
      linear.addTo(logits, tensors);
    }

    CtrStep step() {
      LogLoss loss = new LogLoss(logits, batch);
      Map<String, float[]> gradients = new HashMap<>();
      float[][] rows = new float[batch.rows().length][];
      for (int t = 0; t < rows.length; t++) {
        rows[t] = new float[batch.rows()[t].length];
      }
      linear.backward(loss.gradient, gradients, rows);
      top.backward(loss.gradient);
      top.gradients(gradients);
      float[][] pooled = new float[histories.size()][];
      for (int h = 0; h < pooled.length; h++) {
        pooled[h] = new float[histories.get(h).queries.length];
      }
      input.backward(DjlArrays.read(x.getGradient()), pooled, rows);
      Map<String, Moments> moments = new HashMap<>(top.moments());
      for (int h = 0; h < pooled.length; h++) {
        float[] scores = pools.get(h).backward(pooled[h]);
        DjlAttention attention = attentions.get(h);
        if (attention != null) {
          attention.backward(scores, gradients);
          moments.putAll(attention.moments());
        }
        histories.get(h).scatter(rows);
      }
      for (TensorSpec spec : shape.tensors()) {
        if (spec.role() == TensorSpec.Role.TRAINABLE) {
          // A batch of empty histories reaches no activation unit.
          gradients.computeIfAbsent(spec.name(), name -> new float[spec.size()]);
        }
      }
      return new CtrStep(logits, loss.loss, gradients, rows, moments);
    }
  }
}
