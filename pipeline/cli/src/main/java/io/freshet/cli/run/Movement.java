package io.freshet.cli.run;

import io.freshet.cli.CommandFailed;
import java.util.List;

/** Notices that a run stands still, which none should for minutes. Confined to one thread. */
final class Movement {

  private static final long STUCK_MS = 180_000;

  private final boolean mayStand;
  private long movedAt;
  private List<Long> position = List.of();

  /**
   * @param perSecond events of the source; a slow one may be silent for long
   */
  Movement(double perSecond, long now) {
    this.mayStand = perSecond < 1;
    this.movedAt = now;
  }

  /**
   * @param now milliseconds
   * @throws CommandFailed if nothing of this has changed for three minutes
   */
  void check(long now, long sent, JobProgress.Snapshot job, long trained) {
    List<Long> here = List.of(sent, job.watermark(), job.waitingEntries(), trained);
    if (mayStand || !here.equals(position)) {
      position = here;
      movedAt = now;
    } else if (now - movedAt > STUCK_MS) {
      throw new CommandFailed(
          "the run must move, nothing did for %d s: %d events sent, learners at %d with %d entries waiting, %d examples learnt"
              .formatted(STUCK_MS / 1000, sent, job.watermark(), job.waitingEntries(), trained));
    }
  }
}
