package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.function.Supplier;
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

  /**
   * Takes the log over from a checkpoint: rebuilds the learner's state from the log and checks all
   * hashes, claims from the checkpoint's version, and commits that.
   *
   * @param empty the layout of the learner's state, all zero and empty
   * @param saved the learner's whole state at the checkpoint where it carries that (a savepoint
   *     does): for a log that no longer reaches back
   * @throws BrokenLog if the log cannot be taken over or the state not be rebuilt, saying what to
   *     do
   */
  Restored restore(Cut checkpoint, Supplier<LearnerState> empty, @Nullable LearnerState saved);

  /** The highest version number that the log held at the claim; 0 when it held none. */
  long highestNumber();

  /**
   * Publishes one version in one transaction: chunks and manifest, and beside them what changed in
   * the learner's own state.
   */
  void publish(VersionFacts facts, LearnerDelta delta);

  /**
   * Writes what the learner has learnt since its last version, for a checkpoint.
   *
   * @param undrained what changed since
   * @param step of the learner
   */
  Cut cut(LearnerDelta undrained, long step);

  /** Writes an anchor of a version in the background; {@code snapshot} now belongs to the log. */
  void anchor(VersionFacts facts, LearnerState snapshot);

  /** Records that no restart takes this version back any more. */
  void commit(Version version);

  /**
   * Lets go, in the background, of what no restart from this checkpoint or a later one needs.
   *
   * @param oldest the oldest complete checkpoint that may still be restored
   */
  void release(Cut oldest);

  /** What earlier attempts decided beside the versions, by ascending steps. */
  List<Decision> decisions();

  /**
   * Commands to this learner from an offset on that are here by now; never waits. What was handed
   * over once does not come again.
   */
  List<Command.Sent> commands(long from);

  /** The offset after the last command that is there now. */
  long commandsEnd();

  /**
   * Writes what was decided.
   *
   * @param candidate of a refusal: where the candidate differs from the state after it
   */
  void decide(Decision decision, StateDelta candidate);

  /**
   * The whole state of a live version, both parts, rebuilt from the log and proven.
   *
   * @param hash state hash of the version
   * @param empty the layout of the learner's state, all zero and empty
   * @throws BrokenLog if there is no such live version, or it cannot be rebuilt any more
   */
  LearnerState state(Version version, HashValue hash, Supplier<LearnerState> empty);

  /** What was published, for reports. */
  Totals totals();

  /** Waits for what was begun, then closes. */
  @Override
  void close();

  /** Counts and bytes of payload since the claim. */
  record Totals(long deltas, long deltaBytes, long anchors, long anchorBytes) {}
}
