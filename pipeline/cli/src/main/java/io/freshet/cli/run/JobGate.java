package io.freshet.cli.run;

import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a feeder run only about two seconds of learning ahead of the learners. Counts what they have
 * been promised and could so have passed; what is too new for that never holds the feeder back.
 */
final class JobGate implements Feeder.Gate {

  private static final long LEAST_AHEAD = 2_000;
  private static final long MOST_AHEAD = 100_000;
  private static final double SECONDS_AHEAD = 2;
  private static final double SMOOTHING = 0.3;

  private final SourceClock clock;
  private final long outOfOrdernessMs;
  private final LongSupplier nanoTime;
  private volatile @Nullable JobProgress progress;

  private long passedBefore;
  private long movedAt;
  private double perSecond;

  /**
   * @param nanoTime a clock for distances
   */
  JobGate(SourceClock clock, long outOfOrdernessMs, LongSupplier nanoTime) {
    this.clock = clock;
    this.outOfOrdernessMs = outOfOrdernessMs;
    this.nanoTime = nanoTime;
    this.movedAt = nanoTime.getAsLong();
  }

  void follow(JobProgress job) {
    progress = job;
  }

  @Override
  public boolean open(long sent, long promised) {
    JobProgress job = progress;
    if (job == null || !job.snapshot().known()) {
      // Until the learners are up, or while they start again, nothing could become fresh.
      return false;
    }
    if (promised == Long.MIN_VALUE) {
      return sent < LEAST_AHEAD;
    }
    long passable = clock.sentUpTo(promised - outOfOrdernessMs - 1);
    long passed = clock.sentUpTo(job.snapshot().watermark());
    measure(passed);
    return passable - passed
        < Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, perSecond * SECONDS_AHEAD));
  }

  /** Learns how fast the learners are, from how far they have come whenever that has changed. */
  private void measure(long passed) {
    if (passed <= passedBefore) {
      return;
    }
    long now = nanoTime.getAsLong();
    double rate = (passed - passedBefore) / Math.max(0.1, (now - movedAt) / 1e9);
    perSecond += SMOOTHING * (rate - perSecond);
    passedBefore = passed;
    movedAt = now;
  }
}
