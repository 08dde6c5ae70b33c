package io.freshet.cli.run;

import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a feeder run only so many events ahead of the learners. Counts what they have been promised
 * and could so have passed; what is too new for that never holds the feeder back.
 */
final class JobGate implements Feeder.Gate {

  private final SourceClock clock;
  private final long outOfOrdernessMs;
  private final long ahead;
  private volatile @Nullable JobProgress progress;

  JobGate(SourceClock clock, long outOfOrdernessMs, long ahead) {
    this.clock = clock;
    this.outOfOrdernessMs = outOfOrdernessMs;
    this.ahead = ahead;
  }

  void follow(JobProgress job) {
    progress = job;
  }

  @Override
  public boolean open(long sent, long promised) {
    JobProgress job = progress;
    if (job == null || promised == Long.MIN_VALUE) {
      return sent < ahead;
    }
    long passable = clock.sentUpTo(promised - outOfOrdernessMs - 1);
    long passed = clock.sentUpTo(job.snapshot().watermark());
    return passable - passed < ahead;
  }
}
