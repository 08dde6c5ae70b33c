package io.freshet.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** When things happened, and how long they took. */
final class FaultsClock {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private FaultsClock() {}

  /** Milliseconds since 1970 UTC. */
  static long millis() {
    return System.currentTimeMillis();
  }

  /** As {@link System#nanoTime}. */
  static long nanos() {
    return System.nanoTime();
  }

  /** Lets so much time pass. */
  static void pass(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        throw new FaultsFailed("interrupted while time passed");
      }
    }
  }

  /**
   * Waits until {@code reached} holds.
   *
   * @param expected what must hold, for the message
   * @throws FaultsFailed if it does not hold in time
   */
  static void await(Duration patience, Supplier<String> expected, BooleanSupplier reached) {
    long until = System.nanoTime() + patience.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new FaultsFailed(
            "%s within %d s, it did not".formatted(expected.get(), patience.toSeconds()));
      }
      pass(LOOK_AGAIN);
    }
  }
}
