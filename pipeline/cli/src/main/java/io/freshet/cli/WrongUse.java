package io.freshet.cli;

/** A command that was asked for something it cannot do; the message says what must hold. */
public final class WrongUse extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public WrongUse(String message) {
    super(message);
  }

  public WrongUse(String message, Throwable cause) {
    super(message, cause);
  }
}
