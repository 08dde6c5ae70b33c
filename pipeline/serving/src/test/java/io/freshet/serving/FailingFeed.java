package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A feed whose polls fail while a switch says so. */
record FailingFeed(LogFeed feed, AtomicBoolean failing) implements LogFeed {

  @Override
  public ModelIndex index() {
    return feed.index();
  }

  @Override
  public long beginning() {
    return feed.beginning();
  }

  @Override
  public long end() {
    return feed.end();
  }

  @Override
  public long position() {
    return feed.position();
  }

  @Override
  public void seek(long offset) {
    feed.seek(offset);
  }

  @Override
  public List<LogRecord> poll(Duration timeout) {
    if (failing.get()) {
      throw new IllegalStateException("the broker is away");
    }
    return feed.poll(timeout);
  }

  @Override
  public LogEntry.Manifest anchorManifest(AnchorPosition anchor) {
    return feed.anchorManifest(anchor);
  }

  @Override
  public void readAnchor(AnchorPosition anchor, Consumer<LogEntry> reader) {
    feed.readAnchor(anchor, reader);
  }

  @Override
  public void close() {
    feed.close();
  }
}
