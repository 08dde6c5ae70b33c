package io.freshet.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process of a cluster. It can be killed and started again, on the same ports and directories,
 * and paused: then it holds its connections and answers nothing. Safe for many threads.
 */
public final class Member {

  private static final long ENDS_WITHIN_S = 20;

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path directory;
  private final Undertaker undertaker;
  private @Nullable Process process;

  Member(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Undertaker undertaker) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.directory = directory;
    this.undertaker = undertaker;
  }

  /** As in the cluster's listing: broker, zookeeper, jobmanager-0, taskmanager-1. */
  public String name() {
    return name;
  }

  /** What it has written; every start goes on below. */
  public Path log() {
    return directory.resolve(name + ".log");
  }

  /** Starts it; nothing is waited for. Does nothing while it runs. */
  public synchronized Member start() {
    if (isRunning()) {
      return this;
    }
    File log = log().toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().putAll(environment);
    try {
      Process started = builder.start();
      undertaker.watch(started.pid());
      process = started;
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(name + " must start", e);
    }
  }

  /** Whether there is a process, paused or not. */
  public synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Process id. */
  public synchronized long pid() {
    return running().pid();
  }

  /** Ends it at once (SIGKILL) and waits until it is gone. */
  public synchronized void kill() {
    Process current = process;
    if (current == null) {
      return;
    }
    current.destroyForcibly();
    gone(current);
  }

  /** Asks it to end (SIGTERM) and waits until it has. */
  public synchronized void stop() {
    Process current = process;
    if (current == null) {
      return;
    }
    current.destroy();
    gone(current);
  }

  private void gone(Process current) {
    try {
      if (!current.waitFor(ENDS_WITHIN_S, TimeUnit.SECONDS)) {
        throw new ClusterFailed(
            "%s must end within %d s, it did not".formatted(name, ENDS_WITHIN_S));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterFailed("interrupted while " + name + " ended", e);
    }
    undertaker.forget(current.pid());
    process = null;
  }

  /** Holds it still (SIGSTOP). */
  public synchronized void pause() {
    signal("STOP");
  }

  /** Lets it go on (SIGCONT). */
  public synchronized void resume() {
    signal("CONT");
  }

  private Process running() {
    if (process == null || !process.isAlive()) {
      throw new ClusterFailed(name + " must run, it does not:\n" + lastLines(20));
    }
    return process;
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, String.valueOf(running().pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new ClusterFailed("%s must take SIG%s, kill said %d".formatted(name, signal, code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("kill must run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterFailed("interrupted while " + name + " was signalled", e);
    }
  }

  /** The end of its log. */
  public String lastLines(int count) {
    if (!Files.exists(log())) {
      return "";
    }
    try {
      List<String> lines =
          new String(Files.readAllBytes(log()), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(log() + " must be readable", e);
    }
  }
}
