package io.freshet.modellog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian arrays of numbers, as the log's records carry them. */
final class FloatBytes {

  private FloatBytes() {}

  static ByteBuffer floats(float[] values, int from, int count) {
    ByteBuffer bytes = littleEndian(count * Float.BYTES);
    bytes.asFloatBuffer().put(values, from, count);
    return bytes;
  }

  static ByteBuffer longs(long[] values, int from, int count) {
    ByteBuffer bytes = littleEndian(count * Long.BYTES);
    bytes.asLongBuffer().put(values, from, count);
    return bytes;
  }

  /**
   * @throws IllegalArgumentException unless the bytes are whole floats
   */
  static float[] floats(ByteBuffer bytes) {
    float[] values = new float[count(bytes, Float.BYTES)];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /**
   * @throws IllegalArgumentException unless the bytes are whole 64-bit integers
   */
  static long[] longs(ByteBuffer bytes) {
    long[] values = new long[count(bytes, Long.BYTES)];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
    return values;
  }

  private static int count(ByteBuffer bytes, int size) {
    if (bytes.remaining() % size != 0) {
      throw new IllegalArgumentException(
          "an array of numbers of %d bytes must be whole, got %d bytes"
              .formatted(size, bytes.remaining()));
    }
    return bytes.remaining() / size;
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
