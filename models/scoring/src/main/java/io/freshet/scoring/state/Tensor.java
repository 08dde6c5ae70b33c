package io.freshet.scoring.state;

import java.util.Arrays;

/**
 * A dense tensor of the serving state, row-major. Its data array is owned by the {@link ModelState}
 * that holds it and changes in place.
 */
public record Tensor(String name, int[] shape, float[] data) {

  public Tensor {
    long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
    if (size != data.length) {
      throw new IllegalArgumentException(
          "tensor %s of shape %s must hold %d floats, got %d"
              .formatted(name, Arrays.toString(shape), size, data.length));
    }
  }

  public static Tensor zeros(String name, int... shape) {
    return new Tensor(name, shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
  }

  public Tensor copy() {
    return new Tensor(name, shape.clone(), data.clone());
  }
}
