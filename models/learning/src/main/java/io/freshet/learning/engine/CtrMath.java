package io.freshet.learning.engine;

import io.freshet.scoring.state.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mathematics of the click-through network as a pure function of its arguments: no state from
 * call to call, so that any engine can take the place of any other. Confined to one thread.
 */
public interface CtrMath extends AutoCloseable {

  /** The name and version of what computes: {@code djl-pytorch 2.7.1 cpu}. */
  String engine();

  /**
   * Why this computes on the processor though a GPU was wanted; null where it was not, or is had.
   */
  default @Nullable String insteadOfGpu() {
    return null;
  }

  /**
   * Forward and backward over one batch.
   *
   * @param tensors of the serving state, by name; only read
   */
  CtrStep step(Map<String, Tensor> tensors, PackedBatch batch);

  /** Forward alone: [examples] logits before calibration. */
  float[] logits(Map<String, Tensor> tensors, PackedBatch batch);

  @Override
  void close();
}
