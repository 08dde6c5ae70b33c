package io.freshet.serving;

/**
 * How much of what speculative versions replaced is kept back, so that they can be undone; a
 * retraction that reaches further is answered by a rebuild from an anchor.
 *
 * @param versions that can be undone; 0 = none
 * @param bytes of floats and ids kept back
 */
public record UndoLimit(int versions, long bytes) {

  /** A minute of versions at four a second, if they are not large. */
  public static final UndoLimit DEFAULT = new UndoLimit(240, 128L * 1024 * 1024);

  /** Nothing is kept back. */
  public static final UndoLimit NOTHING = new UndoLimit(0, 0);

  public UndoLimit {
    if (versions < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "versions and bytes that are kept back must be 0 or more, got %d and %d"
              .formatted(versions, bytes));
    }
  }
}
