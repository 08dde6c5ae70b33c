package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * One model's log as a reader sees it: completed transactions only, in order. Confined to one
 * thread.
 */
public interface LogFeed extends AutoCloseable {

  /** What the index says, as of the last {@link #poll}; complete from the start. */
  ModelIndex index();

  /** The first offset that the log still holds. */
  long beginning();

  /** The offset after the last completed record now. */
  long end();

  /** The offset that the next {@link #poll} reads on from. */
  long position();

  void seek(long offset);

  /**
   * The next records, as soon as there are any; none when {@code timeout} passes first.
   *
   * @throws LostOffset if the log no longer holds {@link #position()}
   */
  List<LogRecord> poll(Duration timeout);

  /** Reads the index on, waiting for news up to {@code timeout}; the log stays where it is. */
  void pollIndex(Duration timeout);

  /** Reads the index up to its present end; the log stays where it is. */
  void refreshIndex();

  /** The manifest at an anchor's end. */
  LogEntry.Manifest anchorManifest(AnchorPosition anchor);

  /**
   * Hands every record from an anchor's first chunk up to its manifest, that excluded, to {@code
   * reader}.
   */
  void readAnchor(AnchorPosition anchor, Consumer<LogEntry> reader);

  @Override
  void close();
}
