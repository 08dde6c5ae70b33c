package io.freshet.learning.table;

/**
 * 64-bit numbers as floats, exact: four floats a number, of 16 bits each, the highest first. So
 * what a learner keeps as doubles and longs lies in the same tensors, hashes and records as its
 * floats, and never looks like a NaN, whose bits may change on the way.
 */
public final class ExactNumbers {

  /** Floats that one number takes. */
  public static final int FLOATS = 4;

  private ExactNumbers() {}

  public static void write(long bits, float[] into, int offset) {
    for (int i = 0; i < FLOATS; i++) {
      into[offset + i] = (bits >>> (48 - 16 * i)) & 0xFFFF;
    }
  }

  public static long read(float[] from, int offset) {
    long bits = 0;
    for (int i = 0; i < FLOATS; i++) {
      bits = bits << 16 | (long) from[offset + i];
    }
    return bits;
  }

  /** Writes doubles by their raw bits. */
  static void write(double[] numbers, float[] into) {
    for (int i = 0; i < numbers.length; i++) {
      write(Double.doubleToRawLongBits(numbers[i]), into, i * FLOATS);
    }
  }

  static void read(double[] numbers, float[] from) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Double.longBitsToDouble(read(from, i * FLOATS));
    }
  }
}
