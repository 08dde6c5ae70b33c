package io.freshet.faults;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One line of what the readers' process says.
 *
 * @param at milliseconds since 1970 UTC
 * @param step of the served version
 * @param hash of the served version's state, by its manifest
 * @param proven whether the reader's whole memory was hashed anew and had that hash
 * @param text the way of a swap, the reason of a refusal, the bits of logits
 * @param foreign of a count: records that another writer must have put into the log
 * @param unreadable of a count: records that could not be decoded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReaderLine(
    What what,
    long at,
    String model,
    String isolation,
    long epoch,
    long number,
    long step,
    @Nullable String hash,
    @Nullable Boolean proven,
    @Nullable String text,
    long foreign,
    long unreadable,
    long heals,
    long undos) {

  enum What {
    /** The reader was opened. */
    OPENED,
    SWAP,
    /** What a version gave when it first scored. */
    SCORED,
    /** A version that gave something else than before: memory of two. */
    MIXED,
    REFUSED,
    COUNTS
  }
}
