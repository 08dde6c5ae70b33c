package io.freshet.learning;

/** What a model's settings ask to be computed with is not there; the message says what to do. */
public final class UnavailableEngine extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnavailableEngine(String message) {
    super(message);
  }

  public UnavailableEngine(String message, Throwable cause) {
    super(message, cause);
  }
}
