package io.freshet.learning.gate;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a candidate.
 *
 * @param reason null where nothing speaks against the candidate
 * @param evidence for people: what was found, in numbers; empty where nothing was
 * @param movesReference whether the reference becomes this candidate
 */
public record Verdict(
    Outcome outcome, @Nullable Reason reason, String evidence, boolean movesReference) {

  /** What the caller does. */
  public enum Outcome {
    /** The candidate may become a version. */
    PASSED,
    /** The learner returns to the reference; what it learnt since is skipped. */
    REFUSED,
    /** The candidate may become a version although the gate would refuse it, or did not judge. */
    FORCED
  }

  /** What speaks against a candidate. */
  public enum Reason {
    /** A number that is not finite. */
    FINITE,
    /** Labels far from what was predicted, on average. */
    CALIBRATION,
    /** A higher log loss than the reference's on the same examples. */
    WORSE
  }

  /** For manifests and records: {@code passed}, or for example {@code refused: worse, ...}. */
  public String text() {
    String word = outcome.name().toLowerCase(Locale.ROOT);
    return reason == null
        ? word
        : word + ": " + reason.name().toLowerCase(Locale.ROOT) + ", " + evidence;
  }
}
