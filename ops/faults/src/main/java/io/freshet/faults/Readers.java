package io.freshet.faults;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.faults.ReaderLine.What;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The readers' process, killed and started again, and all that it has said. */
final class Readers implements AutoCloseable {

  private final List<String> command;
  private final Path log;
  private final JsonMapper mapper = JsonMapper.builder().build();

  // Guarded by this.
  private final List<ReaderLine> lines = new ArrayList<>();
  private final Map<String, ReaderLine> newest = new LinkedHashMap<>();

  private @Nullable Process process;
  private @Nullable CountDownLatch heard;

  /**
   * @param command that starts {@link ReaderMain}
   * @param log takes what it says besides
   */
  Readers(List<String> command, Path log) {
    this.command = List.copyOf(command);
    this.log = log;
  }

  /** Starts the process. */
  void start() {
    try {
      Process started =
          new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
      CountDownLatch ended = new CountDownLatch(1);
      Thread thread = new Thread(() -> hear(started, ended), "readers");
      thread.setDaemon(true);
      thread.start();
      process = started;
      heard = ended;
    } catch (IOException e) {
      throw new UncheckedIOException("the readers' process must start", e);
    }
  }

  private void hear(Process from, CountDownLatch ended) {
    try (BufferedReader in = from.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("{") && line.endsWith("}")) {
          add(mapper.readValue(line, ReaderLine.class));
        }
      }
    } catch (IOException e) {
      // A killed process ends in the middle of a line.
      add(null);
    } finally {
      ended.countDown();
    }
  }

  private synchronized void add(@Nullable ReaderLine line) {
    if (line != null) {
      lines.add(line);
      if (line.what() == What.SWAP) {
        newest.put(line.model() + " " + line.isolation(), line);
      }
    }
  }

  /** Ends it at once (SIGKILL); everything that it had said has been heard. */
  void kill() {
    Process current = process;
    CountDownLatch ended = heard;
    if (current == null || ended == null) {
      return;
    }
    current.destroyForcibly();
    try {
      current.waitFor();
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FaultsFailed("interrupted while the readers ended", e);
    }
    synchronized (this) {
      newest.clear();
    }
    process = null;
  }

  /** Whether the process is there. */
  boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** All that was said, in order. */
  synchronized List<ReaderLine> lines() {
    return List.copyOf(lines);
  }

  /** The newest swap of each reader of the present process, by model and isolation. */
  synchronized Map<String, ReaderLine> newest() {
    return new LinkedHashMap<>(newest);
  }

  /** When each reader's newest swap was, oldest; the beginning of time while one has none. */
  synchronized long allSwappedSince(int readers) {
    return newest.size() < readers
        ? Long.MIN_VALUE
        : newest.values().stream().mapToLong(ReaderLine::at).min().orElse(Long.MIN_VALUE);
  }

  @Override
  public void close() {
    kill();
  }
}
