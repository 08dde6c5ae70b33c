package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks of a model's learner.
 *
 * @param id by which its decision is found
 * @param version of a rollback; null otherwise
 * @param stateHash of that version; {@link HashValue#EMPTY} without one
 * @param rounds of a poisoning: for how many
 * @param share of a poisoning: of the labels that are flipped
 * @param sentAt the sender's clock; milliseconds since 1970 UTC
 */
public record Command(
    String id,
    Kind kind,
    @Nullable Version version,
    HashValue stateHash,
    int rounds,
    double share,
    long sentAt) {

  /** What is asked. */
  public enum Kind {
    /** To take over the state of an earlier version. */
    ROLLBACK,
    /** To learn flipped labels for a while, to see what the gate does. */
    POISON
  }

  /**
   * A command as it lies in its topic.
   *
   * @param offset where
   */
  public record Sent(long offset, Command command) {}

  public static Command rollback(String id, Version version, HashValue stateHash, long sentAt) {
    return new Command(id, Kind.ROLLBACK, version, stateHash, 0, 0, sentAt);
  }

  public static Command poison(String id, int rounds, double share, long sentAt) {
    return new Command(id, Kind.POISON, null, HashValue.EMPTY, rounds, share, sentAt);
  }
}
