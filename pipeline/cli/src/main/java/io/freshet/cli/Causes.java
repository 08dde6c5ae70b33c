package io.freshet.cli;

/** What lies behind an exception, in one line. */
public final class Causes {

  private static final int DEPTH = 20;

  private Causes() {}

  /** The message of the deepest cause, or its type where it has none. */
  public static String of(Throwable thrown) {
    Throwable deepest = thrown;
    for (int i = 0; i < DEPTH; i++) {
      Throwable cause = deepest.getCause();
      if (cause == null) {
        break;
      }
      deepest = cause;
    }
    String message = deepest.getMessage();
    return message == null || message.isBlank()
        ? deepest.getClass().getSimpleName()
        : message.strip();
  }

  /** Whether {@code type} is {@code thrown} or one of its causes. */
  public static boolean include(Throwable thrown, Class<? extends Throwable> type) {
    Throwable next = thrown;
    for (int i = 0; next != null && i < DEPTH; i++) {
      if (type.isInstance(next)) {
        return true;
      }
      next = next.getCause();
    }
    return false;
  }
}
