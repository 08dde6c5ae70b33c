package io.freshet.learning.engine;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * The PyTorch engine of this process. One thread per learner unless {@value #THREADS} says
 * otherwise: two threads on two busy cores were five times slower than one, and results depend on
 * the number.
 */
final class DjlRuntime {

  private static final String THREADS = "ai.djl.pytorch.num_threads";

  private DjlRuntime() {}

  static Engine start() {
    if (System.getProperty(THREADS) == null) {
      System.setProperty(THREADS, "1");
    }
    return Engine.getEngine("PyTorch");
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
