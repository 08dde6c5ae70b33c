package io.freshet.modellog;

/** A decoded record where it lies in its partition. */
public record LogRecord(long offset, LogEntry entry) {}
