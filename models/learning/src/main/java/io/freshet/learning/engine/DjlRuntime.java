package io.freshet.learning.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.learning.UnavailableEngine;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The PyTorch engine of this process. One thread per learner unless {@value #THREADS} says
 * otherwise: two threads on two busy cores were five times slower than one, and results depend on
 * the number.
 */
final class DjlRuntime {

  private static final String THREADS = "ai.djl.pytorch.num_threads";

  private DjlRuntime() {}

  /**
   * @throws UnavailableEngine if PyTorch's native library cannot be used
   */
  static Engine start() {
    if (System.getProperty(THREADS) == null) {
      System.setProperty(THREADS, "1");
    }
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | LinkageError e) {
      throw unusable(e);
    }
  }

  private static UnavailableEngine unusable(Throwable e) {
    StringBuilder causes = new StringBuilder();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      causes.append(causes.isEmpty() ? "" : ": ").append(cause.getMessage());
    }
    return new UnavailableEngine(
        "PyTorch must be usable by DJL, whose libraries must be of one release and lie where one class"
            + " loader finds them (on a cluster in Flink's lib/, in no job's jar), with PYTORCH_LIBRARY_PATH"
            + " and PYTORCH_VERSION, where they are set, naming the release that DJL's pytorch-jni is made"
            + " for: "
            + causes,
        e);
  }

  /** Why PyTorch cannot compute on a GPU; null where it can. */
  static @Nullable String refusal(Engine engine, int index) {
    if (!engine.hasCapability(StandardCapabilities.CUDA)) {
      return "Flink gave GPU %d, but the PyTorch %s that is loaded is built for processors only; PYTORCH_LIBRARY_PATH must name one for CUDA"
          .formatted(index, engine.getVersion());
    }
    try (NDManager manager = engine.newBaseManager(Device.gpu(index))) {
      manager.zeros(new Shape(1));
      return null;
    } catch (RuntimeException e) {
      return "PyTorch %s must be able to use GPU %d, it says: %s"
          .formatted(engine.getVersion(), index, e.getMessage());
    }
  }

  /**
   * Runs work on the calling thread with gradients switched on or off. The thread may be shared:
   * its gradient mode is left as it was found. MKL keeps the number of its threads per calling
   * thread, and falls back to that of the cores on one that was never told.
   */
  static <T> T run(boolean gradients, Supplier<T> work) {
    JniUtils.setNumThreads(Integer.getInteger(THREADS, 1));
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(gradients);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
