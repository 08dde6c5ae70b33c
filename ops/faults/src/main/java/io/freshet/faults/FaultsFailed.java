package io.freshet.faults;

/** A run of faults cannot go on; the message says what must hold, and what came. */
final class FaultsFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  FaultsFailed(String message) {
    super(message);
  }

  FaultsFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
