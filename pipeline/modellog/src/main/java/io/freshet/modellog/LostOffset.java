package io.freshet.modellog;

/** The log does not hold an offset that must be read next. */
public final class LostOffset extends RuntimeException {

  public LostOffset(String message) {
    super(message);
  }
}
