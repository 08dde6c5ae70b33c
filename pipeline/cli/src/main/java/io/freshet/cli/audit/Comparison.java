package io.freshet.cli.audit;

import io.freshet.job.Entry;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Teaches a learner the sequence again and compares its state with every version that was published
 * on the way, at the step at which it was.
 */
final class Comparison {

  private final LearnerLoop loop;
  private final TreeMap<Long, VersionFacts> bySteps = new TreeMap<>();
  private final long lastStep;
  private long examples;
  private int equal;
  private @Nullable Difference difference;

  /**
   * @param rebuilt hash of the state that the rebuild has at the version's step
   */
  record Difference(VersionFacts published, HashValue rebuilt) {}

  /**
   * @param loop that has seen nothing; published versions are compared with its learner
   * @param versions up to the audited one, which is the last
   */
  Comparison(LearnerLoop loop, List<VersionFacts> versions) {
    this.loop = loop;
    versions.forEach(facts -> bySteps.put(facts.step(), facts));
    this.lastStep = versions.get(versions.size() - 1).step();
  }

  /** Takes the next entry, unless the audited version has been reached. */
  void take(Entry entry) {
    if (isOver()) {
      return;
    }
    compare();
    if (isOver()) {
      return;
    }
    examples += entry instanceof Entry.Train ? 1 : 0;
    SequentialReplay.teach(entry, loop);
  }

  /** Lets event time pass without an entry. */
  void advance(long eventTime) {
    if (!isOver()) {
      loop.advance(eventTime);
      compare();
    }
  }

  private void compare() {
    VersionFacts published = bySteps.remove(loop.learner().step());
    if (published == null) {
      return;
    }
    HashValue rebuilt = loop.learner().servingState().computeHash();
    if (rebuilt.equals(published.stateHash())) {
      equal++;
    } else {
      difference = new Difference(published, rebuilt);
    }
  }

  /** Whether the audited version has been compared, or one before it differs. */
  boolean isOver() {
    return difference != null || !bySteps.containsKey(lastStep);
  }

  /** The first version that differs; null while none does. */
  @Nullable Difference difference() {
    return difference;
  }

  /** Versions that came out with their hash. */
  int equal() {
    return equal;
  }

  /** Train entries so far. */
  long examples() {
    return examples;
  }

  long step() {
    return loop.learner().step();
  }
}
