package io.freshet.modellog;

/**
 * A model log that cannot be used as it is: says what must hold, what was found, and what to do.
 */
public final class BrokenLog extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BrokenLog(String message) {
    super(message);
  }

  public BrokenLog(String message, Throwable cause) {
    super(message, cause);
  }
}
