package io.freshet.cli.audit;

import io.freshet.job.Entry;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.replay.SequentialReplay;

/** Teaches a learner its sequence again, until everything has been compared. */
final class Lesson implements AutoCloseable {

  private final LearnerLoop loop;
  private final Comparison comparison;
  private long examples;

  /**
   * @param loop publishes into what {@code comparison} is told by
   */
  Lesson(LearnerLoop loop, Comparison comparison) {
    this.loop = loop;
    this.comparison = comparison;
  }

  Comparison comparison() {
    return comparison;
  }

  /** Takes the next entry, unless the audited version has been reached. */
  void take(Entry entry) {
    if (!comparison.isOver()) {
      examples += entry instanceof Entry.Train ? 1 : 0;
      SequentialReplay.teach(entry, loop);
    }
  }

  /** Lets event time pass without an entry. */
  void advance(long eventTime) {
    if (!comparison.isOver()) {
      loop.advance(eventTime);
    }
  }

  /** Train entries so far. */
  long examples() {
    return examples;
  }

  long step() {
    return loop.learner().step();
  }

  @Override
  public void close() {
    loop.close();
  }
}
