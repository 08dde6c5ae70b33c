package io.freshet.scoring.ctr;

import java.util.List;

/**
 * One dense tensor of a network.
 *
 * @param shape row-major; a weight is [inputs, outputs]
 * @param role who changes it
 */
public record TensorSpec(String name, List<Integer> shape, Role role, InitialValues initial) {

  /** Who changes a tensor. */
  public enum Role {
    /** The optimiser, by gradients. */
    TRAINABLE,
    /** What the learner has seen; no gradient reaches it. */
    STATISTIC
  }

  /** The number of floats. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  public int[] dimensions() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
