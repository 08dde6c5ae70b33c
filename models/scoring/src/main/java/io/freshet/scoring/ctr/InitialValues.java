package io.freshet.scoring.ctr;

import java.util.List;

/** The values that a dense tensor starts from. */
public sealed interface InitialValues {

  /** The same value everywhere. */
  record Constant(float value) implements InitialValues {}

  /** One value per entry of the tensor. */
  record Listed(List<Float> values) implements InitialValues {}

  /**
   * Independent draws from N(0, deviation²), a function of the model's seed and the tensor's name.
   */
  record Normal(double deviation) implements InitialValues {

    /** Glorot and Bengio's scale for a map of {@code in} inputs to {@code out} outputs. */
    public static Normal glorot(int in, int out) {
      return new Normal(Math.sqrt(2.0 / (in + out)));
    }
  }
}
