package io.freshet.modellog;

/**
 * Is told how far a writer of a model log has come: where a fault is worth provoking. Called on the
 * thread that writes.
 */
@FunctionalInterface
public interface ProtocolPoints {

  /** Listens to nothing. */
  ProtocolPoints NONE = point -> {};

  /** The named points of the protocol. */
  enum Point {
    /** A claim lies in the log, and no data of its attempt. */
    CLAIMED,
    /** A version's chunks were sent, its manifest was not. */
    CHUNKS_SENT,
    /** A version lies in the log whole. */
    VERSION_WRITTEN,
    /** What a checkpoint needs lies in the slots topic. */
    CUT_WRITTEN,
    /** A checkpoint is complete, its commit record was not sent. */
    COMMITTING,
    /** A commit record lies in the log. */
    COMMITTED,
    /** A slice of an anchor was written, the anchor is not whole. */
    ANCHOR_SLICE_WRITTEN,
    /** An anchor is whole and in the index. */
    ANCHOR_WRITTEN,
    /** What was decided lies in the log, and no version shows it yet. */
    DECIDED,
    /** Some of what nobody needs any more is deleted, and more of it is not. */
    DELETING
  }

  void reached(Point point);
}
