package io.freshet.learning.boosted;

import io.freshet.learning.engine.CtrStep;

/**
 * What one pass over a batch gives, all of it from before the step.
 *
 * @param result logits and gradients; those of the blocks' tensors are of each block's own
 *     objective, those of rows and of the linear skip of the whole model's loss
 * @param base [B]: the logit before the first block
 * @param outputs [B][T]: f_t
 * @param sums [B][T + 1]: y_0 = 0 to y_T
 * @param hidden [B][pitch]: s of all units, in rows of {@code pitch}
 */
record BlockStep(
    CtrStep result, float[] base, float[] outputs, float[] sums, float[] hidden, int pitch) {}
