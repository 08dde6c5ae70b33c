package io.freshet.learning.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one step takes to a device, all of it as one array of floats: what wants a gradient, then
 * numbers that do not, then indices of rows.
 */
final class Cargo {

  /** Indices travel as floats, which are exact up to here. */
  private static final int INDICES = 1 << 24;

  /**
   * One array of the cargo.
   *
   * @param shape of the array; its floats are as many
   */
  record Part(String name, float[] data, long[] shape) {

    int size() {
      int size = 1;
      for (long dimension : shape) {
        size = Math.toIntExact(size * dimension);
      }
      return size;
    }
  }

  private final List<Part> learnt = new ArrayList<>();
  private final List<Part> given = new ArrayList<>();
  private final List<Part> indices = new ArrayList<>();

  /** An array that wants a gradient. */
  void learnt(String name, float[] data, long... shape) {
    learnt.add(new Part(name, data, shape));
  }

  /** An array that wants none. */
  void given(String name, float[] data, long... shape) {
    given.add(new Part(name, data, shape));
  }

  /** The first of {@code data}, as many as the shape has. */
  void indices(String name, int[] data, long... shape) {
    Part part = new Part(name, new float[Math.max(1, data.length)], shape);
    for (int i = 0; i < part.size(); i++) {
      if (data[i] < 0 || data[i] >= INDICES) {
        throw new IllegalArgumentException(
            "an index on a device must be 0 to %d, got %d in %s"
                .formatted(INDICES - 1, data[i], name));
      }
      part.data[i] = data[i];
    }
    indices.add(part);
  }

  List<Part> learnt() {
    return learnt;
  }

  List<Part> given() {
    return given;
  }

  List<Part> indices() {
    return indices;
  }

  static int size(List<Part> parts) {
    return parts.stream().mapToInt(Part::size).sum();
  }

  /** Floats of everything. */
  int size() {
    return size(learnt) + size(given) + size(indices);
  }

  void write(FloatBuffer into) {
    for (List<Part> parts : List.of(learnt, given, indices)) {
      for (Part part : parts) {
        into.put(part.data, 0, part.size());
      }
    }
  }
}
