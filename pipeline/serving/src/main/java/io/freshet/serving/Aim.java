package io.freshet.serving;

import io.freshet.modellog.LogEntry;

/** Knows when the log has gone on beyond what a reader was opened for, and says what is missing. */
final class Aim {

  private final Target target;
  private final LiveChain chain;
  private final Beginnings beginnings;
  private final ReaderEvents events;
  private long beyondNumber = -1;
  private long beyondOffset;
  private boolean missed;
  private boolean unreachable;

  Aim(Target target, LiveChain chain, Beginnings beginnings, ReaderEvents events) {
    this.target = target;
    this.chain = chain;
    this.beginnings = beginnings;
    this.events = events;
  }

  /**
   * Whether a live version is newer than what is asked for. Times need not ascend along a chain;
   * what follows a version beyond the target is beyond it.
   */
  boolean beyond(long offset, LogEntry.Manifest manifest) {
    long number = manifest.facts().version().number();
    if (beyondNumber >= 0 && !chain.live(beyondOffset, beyondNumber)) {
      beyondNumber = -1;
    }
    if (beyondNumber >= 0 && number >= beyondNumber) {
      return true;
    }
    boolean beyond = target.beyond(manifest);
    if (beyond) {
      beyondNumber = number;
      beyondOffset = offset;
    }
    return beyond;
  }

  /** What is asked for is not there: it may come, or come back. */
  void miss() {
    if (!missed) {
      missed = true;
      events.refused(new Refusal(target.version(), missing()), false);
    }
  }

  /** What is asked for is not there, and will not come. */
  void giveUp() {
    miss();
    if (!unreachable) {
      unreachable = true;
      events.unreachable(missing());
    }
  }

  boolean unreachable() {
    return unreachable;
  }

  private String missing() {
    return "%s must be on the live log, it is not; %s"
        .formatted(target.asked(), beginnings.reachable());
  }
}
