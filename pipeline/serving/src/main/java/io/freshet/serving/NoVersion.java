package io.freshet.serving;

/** There is no version to score with; the message says what the reader last met. */
public final class NoVersion extends RuntimeException {

  public NoVersion(String message) {
    super(message);
  }
}
