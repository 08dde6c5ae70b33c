package io.freshet.job.input;

/**
 * A record that leaves the stream, whole, with the reason: whatever comes in is either used or
 * found here.
 *
 * @param kind one of the constants
 */
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    long appendTime,
    byte[] bytes,
    String kind,
    String reason) {

  /** Not an event, or one that breaks a rule. */
  public static final String INVALID = "invalid";

  /** Older than its partition allows. */
  public static final String LATE = "late";

  /** Seen before. */
  public static final String REPEATED = "repeated";

  /** An outcome of nothing that is known to have been shown. */
  public static final String UNMATCHED = "unmatched";

  /** An outcome that says something else than its impression. */
  public static final String CONTRADICTION = "contradiction";
}
