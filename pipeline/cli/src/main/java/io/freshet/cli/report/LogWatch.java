package io.freshet.cli.report;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.ModelIndex;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model's log as it grows, for what it holds, not for the state. {@link #step} belongs to
 * one thread; the rest may be called from any.
 */
public final class LogWatch {

  private static final int NEWEST = 200;

  private final ArrayDeque<LogEntry.Manifest> newest = new ArrayDeque<>();
  private LogEntry.@Nullable Manifest last;
  private ModelIndex index = ModelIndex.EMPTY;
  private long deltas;
  private long deltaBytes;

  /** Takes in what has come, waiting for it at most so long. */
  public void step(LogFeed feed, Duration timeout) {
    List<LogRecord> records = feed.poll(timeout);
    synchronized (this) {
      index = feed.index();
      for (LogRecord record : records) {
        if (record.entry() instanceof LogEntry.Manifest manifest) {
          add(manifest);
        }
      }
    }
  }

  private void add(LogEntry.Manifest manifest) {
    last = manifest;
    if (manifest.facts().parent() != null) {
      deltas++;
      deltaBytes += manifest.payloadBytes();
    }
    newest.addFirst(manifest);
    if (newest.size() > NEWEST) {
      newest.removeLast();
    }
  }

  /** The newest manifests, newest first. */
  public synchronized List<LogEntry.Manifest> newest() {
    return List.copyOf(newest);
  }

  /** The newest manifest; null before the first. */
  public synchronized LogEntry.@Nullable Manifest last() {
    return last;
  }

  /** As of now. */
  public synchronized LogTotals totals() {
    LogEntry.Manifest manifest = last;
    List<ModelIndex.AnchorPosition> anchors = index.anchors();
    long anchorBytes = anchors.stream().mapToLong(ModelIndex.AnchorPosition::payloadBytes).sum();
    return new LogTotals(
        manifest == null ? null : manifest.facts().version().number(),
        manifest == null ? null : manifest.facts().version().epoch(),
        manifest == null ? null : manifest.facts().eventTime(),
        manifest == null ? null : manifest.facts().stateHash().toString(),
        manifest == null ? null : manifest.facts().engine(),
        manifest == null ? null : rows(manifest),
        manifest == null ? null : parameters(manifest),
        anchors.size(),
        deltas,
        deltas == 0 ? null : deltaBytes / deltas,
        anchors.isEmpty() ? null : anchorBytes / anchors.size(),
        manifest == null ? null : GateTotals.of(manifest.facts().metrics()));
  }

  private static long rows(LogEntry.Manifest manifest) {
    return manifest.tables().stream().mapToLong(LogEntry.TableSummary::rowCount).sum();
  }

  /** Floats of all tensors and tables of a version's whole state. */
  public static long parameters(LogEntry.Manifest manifest) {
    long floats =
        manifest.tables().stream().mapToLong(table -> table.rowCount() * table.width()).sum();
    for (List<Integer> shape : manifest.tensors().values()) {
      long size = 1;
      for (int length : shape) {
        size *= length;
      }
      floats += size;
    }
    return floats;
  }
}
