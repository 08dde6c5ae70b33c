package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import org.jspecify.annotations.Nullable;

/** One model's log, as its learner writes it. Confined to the learner's thread. */
public interface ModelLog extends AutoCloseable {

  /**
   * Takes the log over: fences earlier writers, reads what is there, and writes a claim before any
   * data.
   *
   * @param base the version that the learner goes on from; null when it starts anew
   * @param baseHash its state hash; {@link HashValue#EMPTY} without a base
   * @return the epoch of this attempt: highest seen + 1
   * @throws BrokenLog if the log cannot be taken over, saying what to do
   */
  long claim(@Nullable Version base, HashValue baseHash);

  /** The highest version number that the log held at the claim; 0 when it held none. */
  long highestNumber();

  /** Publishes one version in one transaction: chunks, then the manifest. */
  void publish(VersionFacts facts, StateDelta delta);

  /** Writes an anchor of a version in the background; {@code snapshot} now belongs to the log. */
  void anchor(VersionFacts facts, ModelState snapshot);

  /** Records that no restart takes this version back any more. */
  void commit(Version version);

  /** What was published, for reports. */
  Totals totals();

  /** Waits for what was begun, then closes. */
  @Override
  void close();

  /** Counts and bytes of payload since the claim. */
  record Totals(long deltas, long deltaBytes, long anchors, long anchorBytes) {}
}
