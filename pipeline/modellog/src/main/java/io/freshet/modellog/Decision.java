package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was decided on a learner beside the versions that it published: the gate's refusals, and
 * what became of commands.
 *
 * @param epoch of the attempt that decided
 * @param at where in the learner's sequence
 * @param text for people: the evidence, or why a command was declined
 * @param version whose state the learner took over; null where it did not
 * @param stateHash of the serving state afterwards
 * @param sent the command that was decided on; null without one
 * @param skippedExamples examples that were unlearnt
 * @param skipped offsets of their impressions by {@code topic-partition}; the first of them
 * @param candidateHash state hash of the refused candidate; null without one
 * @param decidedAt the writer's clock; milliseconds since 1970 UTC
 */
public record Decision(
    Kind kind,
    long epoch,
    Place at,
    String text,
    @Nullable Version version,
    HashValue stateHash,
    Command.@Nullable Sent sent,
    long skippedExamples,
    Map<String, List<Long>> skipped,
    @Nullable HashValue candidateHash,
    long decidedAt) {

  /** What was decided. */
  public enum Kind {
    /** The gate took the learner back to its last good state. */
    REFUSED,
    /** The learner took over the state of an earlier version. */
    ROLLED_BACK,
    /** The learner learns flipped labels for a while. */
    POISONED,
    /** A command came to nothing. */
    DECLINED
  }

  /**
   * A place in a learner's sequence.
   *
   * @param step steps taken
   * @param entries entries handed to the learner
   * @param before event time before which all had happened; milliseconds since 1970 UTC
   */
  public record Place(long step, long entries, long before) {}
}
