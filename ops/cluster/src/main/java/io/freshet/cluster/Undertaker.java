package io.freshet.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Ends a cluster's processes when their owner is gone, however it went: a small shell of its own,
 * which holds the list and waits for the end of its input. A paused process could not watch its
 * owner itself.
 */
final class Undertaker implements AutoCloseable {

  // Ends by SIGKILL, which a paused process takes too.
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      all=' '
      while read -r what pid; do
        case "$what" in
          watch) all="$all$pid " ;;
          forget) all="${all%%" $pid "*} ${all#*" $pid "}" ;;
        esac
      done
      for pid in $all; do kill -KILL "$pid" 2> /dev/null; done
      exit 0
      """;

  private final Process shell;
  private final Writer orders;

  Undertaker() {
    try {
      this.shell =
          new ProcessBuilder("sh", "-c", SCRIPT)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      this.orders = shell.outputWriter(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("a shell must start", e);
    }
  }

  synchronized void watch(long pid) {
    order("watch", pid);
  }

  synchronized void forget(long pid) {
    order("forget", pid);
  }

  private void order(String what, long pid) {
    try {
      orders.write(what + " " + pid + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the shell that ends processes must be there", e);
    }
  }

  /** Ends whatever is left. */
  @Override
  public synchronized void close() {
    try {
      orders.close();
      shell.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("the shell that ends processes must be there", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
