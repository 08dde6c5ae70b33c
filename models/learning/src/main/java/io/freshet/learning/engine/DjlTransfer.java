package io.freshet.learning.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way between the host and a device, for one learner: one array there and one back a step. What
 * goes there lies in a direct buffer that is kept from step to step; DJL offers no page-locked one.
 * What is made in a step goes with it.
 */
class DjlTransfer implements AutoCloseable {

  private final NDManager base;
  private @Nullable NDManager step;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(Float.BYTES);

  DjlTransfer(Engine engine, Device device) {
    base = engine.newBaseManager(device);
  }

  /** Runs one step. */
  <T> T within(Supplier<T> work) {
    try (NDManager manager = base.newSubManager()) {
      step = manager;
      return work.get();
    } finally {
      step = null;
    }
  }

  /** [size] on the device. */
  PtNDArray send(Cargo cargo) {
    NDManager manager = step;
    if (manager == null) {
      throw new IllegalStateException("no step is under way");
    }
    int bytes = Math.multiplyExact(cargo.size(), Float.BYTES);
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(Math.max(bytes, 2 * buffer.capacity()));
    }
    ByteBuffer sent = buffer.slice(0, bytes).order(ByteOrder.nativeOrder());
    cargo.write(sent.asFloatBuffer());
    return (PtNDArray) manager.create(sent, new Shape(cargo.size()), DataType.FLOAT32);
  }

  /** All floats of an array on the device. */
  float[] receive(PtNDArray array) {
    return DjlArrays.read(array);
  }

  @Override
  public void close() {
    base.close();
  }
}
