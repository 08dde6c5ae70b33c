package io.freshet.serving;

import io.freshet.modellog.VersionFacts;
import org.jspecify.annotations.Nullable;

/**
 * What a reader holds and has met since it was opened.
 *
 * @param facts of the version that is served; null before the first
 * @param swaps versions that became the served one
 * @param gaps times that the chain could not be followed or memory was found changed
 * @param heals times that a whole state was built anew while another was served
 * @param undos times that versions which a claim took back were undone, without a rebuild
 * @param scrubs times that the whole memory was hashed anew
 * @param findings times that a scrub found memory changed
 * @param deltaBytes payload of the applied deltas
 * @param anchorBytes payload of the loaded anchors
 * @param unreadable records of the log that could not be decoded
 * @param foreign records of the log that another writer than its learner must have put there
 * @param staleRefused calls of the scorer that were refused, the version being too stale
 * @param staleDefaulted calls of the scorer that were answered with the declared default instead
 * @param retracted whether a claim has taken back the served version, and the reader looks for its
 *     successor
 * @param lastProblem what was last refused; null when nothing was
 */
public record ReaderStats(
    Mode mode,
    @Nullable VersionFacts facts,
    long swaps,
    long gaps,
    long heals,
    long undos,
    long scrubs,
    long findings,
    long deltaBytes,
    long anchorBytes,
    long unreadable,
    long foreign,
    long staleRefused,
    long staleDefaulted,
    boolean retracted,
    @Nullable String lastProblem) {

  /** What the reader is doing. */
  public enum Mode {

    /** Builds a state from an anchor or the chain's start. */
    REBUILDING,

    /** Applies each version as it comes. */
    FOLLOWING,

    /** Serves what it has and needs an anchor to go on. */
    WAITING
  }
}
