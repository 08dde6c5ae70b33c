package io.freshet.cli;

/** Shutdown hooks that are there only while something runs. */
final class Hooks {

  private Hooks() {}

  /** Removes a hook whose work has ended by itself; false when the process is ending already. */
  static boolean remove(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs, and waits for what has just ended.
      return false;
    }
  }
}
