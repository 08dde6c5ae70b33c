package io.freshet.cli;

/** Work that was asked for rightly and did not succeed; the message says what came between. */
public final class CommandFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CommandFailed(String message) {
    super(message);
  }

  public CommandFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
