package io.freshet.cli;

import java.io.PrintStream;

/**
 * Where a command speaks to people: results to standard output; progress to standard error, in
 * place where that is a terminal and a line every few seconds where it is not.
 */
public final class Terminal {

  private static final long EVERY_NANOS = 5_000_000_000L;
  private static final long IN_PLACE_NANOS = 500_000_000L;
  private static final int WIDTH = 110;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private long spokeAt = System.nanoTime() - EVERY_NANOS;
  private boolean open;

  public Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  /** That of this process. */
  public static Terminal system() {
    return new Terminal(System.out, System.err, System.console() != null);
  }

  /** Where results go. */
  PrintStream out() {
    return out;
  }

  /** A line of the result. */
  public synchronized void say(String line) {
    endProgress();
    out.println(line);
    out.flush();
  }

  /** A line that is not part of the result. */
  public synchronized void note(String line) {
    endProgress();
    err.println(line);
    err.flush();
  }

  /** How far things are; most calls say nothing. */
  public synchronized void progress(String line) {
    long now = System.nanoTime();
    if (now - spokeAt < (interactive ? IN_PLACE_NANOS : EVERY_NANOS)) {
      return;
    }
    spokeAt = now;
    if (interactive) {
      String shown = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
      err.print("\r" + shown + " ".repeat(WIDTH - shown.length()));
      open = true;
    } else {
      err.println(line);
    }
    err.flush();
  }

  /** Whether nobody reads standard output any more. */
  public boolean isClosed() {
    return out.checkError();
  }

  private void endProgress() {
    if (open) {
      err.println();
      open = false;
    }
  }
}
