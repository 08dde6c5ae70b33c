package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.LostOffset;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A feed whose polls fail while a switch says so, over a log of which the beginning was deleted.
 *
 * @param first offset that is still there
 * @param stuck the index as it stays; holds nothing while it is read on
 */
record FailingFeed(LogFeed feed, AtomicBoolean failing, AtomicLong first, List<ModelIndex> stuck)
    implements LogFeed {

  FailingFeed(LogFeed feed, AtomicBoolean failing) {
    this(feed, failing, new AtomicLong(), new ArrayList<>());
  }

  static FailingFeed from(LogFeed feed, long first) {
    return new FailingFeed(feed, new AtomicBoolean(), new AtomicLong(first), new ArrayList<>());
  }

  @Override
  public ModelIndex index() {
    return stuck.isEmpty() ? feed.index() : stuck.get(0);
  }

  @Override
  public long beginning() {
    return Math.max(first.get(), feed.beginning());
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
    if (feed.position() < first.get()) {
      throw new LostOffset(
          "the log must still hold offset %d, it begins at %d"
              .formatted(feed.position(), first.get()));
    }
    return feed.poll(timeout);
  }

  @Override
  public void pollIndex(Duration timeout) {
    feed.pollIndex(timeout);
  }

  @Override
  public void refreshIndex() {
    feed.refreshIndex();
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
