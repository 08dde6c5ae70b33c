package io.freshet.learning.reference;

import java.util.Arrays;

/**
 * The inputs of a linear model that are not zero, as pairs of index and value; reused from example
 * to example.
 */
final class ActiveInputs {

  private int[] indices = new int[64];
  private double[] values = new double[64];
  private int count;

  void clear() {
    count = 0;
  }

  /** Adds an input; an index must come once at most. */
  void add(int index, double value) {
    if (count == indices.length) {
      indices = Arrays.copyOf(indices, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    indices[count] = index;
    values[count++] = value;
  }

  int count() {
    return count;
  }

  int index(int k) {
    return indices[k];
  }

  double value(int k) {
    return values[k];
  }
}
