package io.freshet.source;

/**
 * A source that cannot be opened as asked: the message says what must hold, what came and where.
 */
public final class InvalidSource extends IllegalArgumentException {

  public InvalidSource(String message) {
    super(message);
  }

  public InvalidSource(String message, Throwable cause) {
    super(message, cause);
  }
}
