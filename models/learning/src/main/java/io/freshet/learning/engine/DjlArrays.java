package io.freshet.learning.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of one learner between the host and PyTorch. What goes in lies in direct buffers that are
 * kept from step to step, aligned to 64 bytes because the results of vectorised reductions may
 * depend on alignment; what is made in a step goes with it.
 */
final class DjlArrays implements AutoCloseable {

  private static final int ALIGNMENT = 64;

  private final NDManager base;
  private final Map<String, ByteBuffer> buffers = new HashMap<>();
  private @Nullable NDManager step;

  DjlArrays(Engine engine) {
    base = engine.newBaseManager(Device.cpu());
  }

  /** Runs one step; the arrays that it makes go with it. */
  <T> T within(Supplier<T> work) {
    try (NDManager manager = base.newSubManager()) {
      step = manager;
      return work.get();
    } finally {
      step = null;
    }
  }

  private NDManager step() {
    if (step == null) {
      throw new IllegalStateException("no step is under way");
    }
    return step;
  }

  /**
   * An array of the first floats of {@code data}. The name is that of its buffer, for one array at
   * a time.
   */
  PtNDArray floats(String name, float[] data, long... shape) {
    Shape dimensions = new Shape(shape);
    ByteBuffer buffer = buffer(name, Math.multiplyExact((int) dimensions.size(), Float.BYTES));
    buffer.asFloatBuffer().put(data, 0, (int) dimensions.size());
    return (PtNDArray) step().create(buffer, dimensions, DataType.FLOAT32);
  }

  PtNDArray ints(String name, int[] data, long... shape) {
    Shape dimensions = new Shape(shape);
    ByteBuffer buffer = buffer(name, Math.multiplyExact((int) dimensions.size(), Integer.BYTES));
    buffer.asIntBuffer().put(data, 0, (int) dimensions.size());
    return (PtNDArray) step().create(buffer, dimensions, DataType.INT32);
  }

  /** Like {@link #floats}, and wants a gradient. */
  PtNDArray leaf(String name, float[] data, long... shape) {
    PtNDArray array = floats(name, data, shape);
    array.setRequiresGradient(true);
    return array;
  }

  static float[] read(PtNDArray array, float[] into) {
    array.toByteBuffer(true).asFloatBuffer().get(into, 0, Math.toIntExact(array.size()));
    return into;
  }

  static float[] read(PtNDArray array) {
    return read(array, new float[Math.toIntExact(array.size())]);
  }

  @Override
  public void close() {
    base.close();
  }

  private ByteBuffer buffer(String name, int bytes) {
    ByteBuffer buffer = buffers.get(name);
    if (buffer == null || buffer.capacity() < bytes) {
      int capacity = Math.max(ALIGNMENT, Integer.highestOneBit(Math.max(1, bytes - 1)) * 2);
      buffer = ByteBuffer.allocateDirect(capacity + ALIGNMENT).alignedSlice(ALIGNMENT);
      buffers.put(name, buffer);
    }
    return buffer.slice(0, bytes).order(ByteOrder.nativeOrder());
  }
}
