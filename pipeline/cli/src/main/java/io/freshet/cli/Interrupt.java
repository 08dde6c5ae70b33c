package io.freshet.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a command that runs until it is interrupted, or its process is told to end. The
 * process then waits until this is closed, which is when everything opened after it has been.
 */
final class Interrupt implements AutoCloseable {

  private static final Duration ORDERLY_END = Duration.ofSeconds(20);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "freshet-stop");

  private Interrupt() {}

  /** From now on the process ends in order. */
  static Interrupt watch() {
    Interrupt interrupt = new Interrupt();
    Runtime.getRuntime().addShutdownHook(interrupt.hook);
    return interrupt;
  }

  /** Returns when the command is to end. */
  void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      // This is how a thread is told to end, and it does.
      asked.countDown();
    }
  }

  private void end() {
    asked.countDown();
    try {
      if (!ended.await(ORDERLY_END.toSeconds(), TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    Hooks.remove(hook);
  }
}
