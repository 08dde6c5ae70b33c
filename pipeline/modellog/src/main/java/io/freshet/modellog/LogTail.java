package io.freshet.modellog;

import java.util.ArrayList;
import java.util.List;

/**
 * What a survey has read of a log, kept for the rebuild that follows it, so that the log is read
 * once: from an offset on, and up to {@value #MAX_BYTES} bytes of chunks. What is larger is read
 * again.
 */
final class LogTail {

  private static final long MAX_BYTES = 256L << 20;

  private final long from;
  private final List<LogRecord> records = new ArrayList<>();
  private long bytes;

  /**
   * @param from the offset of the first record that will be added, or of one before it
   */
  LogTail(long from) {
    this.from = from;
  }

  void add(LogRecord record) {
    if (record.entry() instanceof LogEntry.Chunk chunk) {
      bytes += chunk.bytes();
    }
    if (bytes > MAX_BYTES) {
      records.clear();
    } else {
      records.add(record);
    }
  }

  /** Whether every record from {@code offset} on is here. */
  boolean covers(long offset) {
    return offset >= from && bytes <= MAX_BYTES;
  }

  /** The records from {@code offset} on. */
  List<LogRecord> from(long offset) {
    return records.stream().filter(record -> record.offset() >= offset).toList();
  }
}
