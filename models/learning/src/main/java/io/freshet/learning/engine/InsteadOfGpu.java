package io.freshet.learning.engine;

import io.freshet.scoring.state.Tensor;
import java.util.Map;

/** An engine on the processor that stands where a GPU was wanted, and says so. */
final class InsteadOfGpu implements CtrMath {

  private final CtrMath math;
  private final String reason;

  /**
   * @param reason why there is no GPU
   */
  InsteadOfGpu(CtrMath math, String reason) {
    this.math = math;
    this.reason = reason;
  }

  @Override
  public String engine() {
    return math.engine() + " (no gpu)";
  }

  @Override
  public String insteadOfGpu() {
    return reason;
  }

  @Override
  public CtrStep step(Map<String, Tensor> tensors, PackedBatch batch) {
    return math.step(tensors, batch);
  }

  @Override
  public float[] logits(Map<String, Tensor> tensors, PackedBatch batch) {
    return math.logits(tensors, batch);
  }

  @Override
  public void close() {
    math.close();
  }
}
