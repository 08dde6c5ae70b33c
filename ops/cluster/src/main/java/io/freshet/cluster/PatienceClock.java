package io.freshet.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** How long something is waited for. */
public final class PatienceClock {

  private static final long LOOK_AGAIN_MS = 50;

  private PatienceClock() {}

  /**
   * Waits until {@code reached} holds.
   *
   * @param expected what must hold, for the message
   * @return how long it took
   * @throws ClusterFailed if it does not hold in time
   */
  public static Duration await(
      Duration patience, Supplier<String> expected, BooleanSupplier reached) {
    long began = System.nanoTime();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - began > patience.toNanos()) {
        throw new ClusterFailed(
            "%s within %d s, it did not".formatted(expected.get(), patience.toSeconds()));
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ClusterFailed("interrupted while waiting: " + expected.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS));
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** What must hold is said by a fixed text. */
  public static Duration await(Duration patience, String expected, BooleanSupplier reached) {
    return await(patience, () -> expected, reached);
  }
}
