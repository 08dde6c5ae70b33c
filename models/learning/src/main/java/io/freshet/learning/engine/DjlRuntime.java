package io.freshet.learning.engine;

import ai.djl.engine.Engine;

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
}
