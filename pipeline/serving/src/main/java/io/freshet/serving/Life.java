package io.freshet.serving;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether something with a thread of its own is still open, and the lock under which that thread
 * and its users tell each other what has changed. Safe for many threads.
 */
final class Life {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ended;

  boolean isOpen() {
    return see(() -> !ended);
  }

  /** Looks at what the lock guards. */
  <T> T see(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  /** Changes what the lock guards, and wakes who waits for it. */
  void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code ready} holds, which is asked under the lock.
   *
   * @return what is left of {@code timeout}; negative when it has passed, or this has ended
   */
  Duration await(BooleanSupplier ready, Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
      while (!ready.getAsBoolean()) {
        if (ended || left <= 0) {
          return Duration.ofNanos(-1);
        }
        left = changed.awaitNanos(left);
      }
      return Duration.ofNanos(Math.max(0, left));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for so long, or for the end. */
  void pause(Duration time) {
    try {
      await(() -> ended, time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends this and waits until {@code thread} has noticed, unless that is the caller. */
  void end(Thread thread) {
    change(() -> ended = true);
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
