package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.Payload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Versions that wait for their commit, oldest first; beyond the limit none is kept, and they must
 * be read again.
 */
final class Uncommitted {

  private static final long MAX_BYTES = 256L * 1024 * 1024;

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean dropped;

  /**
   * @param offset in the log at which the version was closed
   */
  record Waiting(long offset, LogEntry.Manifest manifest, Payload payload) {

    long number() {
      return manifest.facts().version().number();
    }
  }

  void add(Waiting version) {
    bytes += version.manifest().payloadBytes();
    dropped |= bytes > MAX_BYTES;
    if (dropped) {
      waiting.clear();
    } else {
      waiting.add(version);
    }
  }

  /** Whether versions were let go of that a commit will ask for. */
  boolean dropped() {
    return dropped;
  }

  /** The oldest one, if its number is at most {@code number}; it no longer waits. */
  @Nullable Waiting next(long number) {
    Waiting oldest = waiting.peek();
    if (oldest == null || oldest.number() > number) {
      return null;
    }
    bytes -= oldest.manifest().payloadBytes();
    return waiting.remove();
  }

  boolean isEmpty() {
    return waiting.isEmpty() && !dropped;
  }

  void removeIf(Predicate<Waiting> unwanted) {
    waiting.removeIf(unwanted);
    bytes = waiting.stream().mapToLong(version -> version.manifest().payloadBytes()).sum();
  }

  void clear() {
    waiting.clear();
    bytes = 0;
    dropped = false;
  }
}
