package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.schema.UndecodableRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One model's topics in memory, for tests: the records are those that Kafka would hold, and so are
 * the rules (a claim fences, a transaction shows all of it or nothing). Safe for any number of
 * threads.
 */
public final class InMemoryModelLog {

  private static final int RECORDS_PER_POLL = 500;

  private final String model;
  private final InstantSource clock;
  private final Map<LogMedium.Topic, List<Stored>> topics = new EnumMap<>(LogMedium.Topic.class);
  private int fence;

  private record Stored(String key, byte[] value) {}

  public InMemoryModelLog(String model, InstantSource clock) {
    this.model = model;
    this.clock = clock;
    for (LogMedium.Topic topic : LogMedium.Topic.values()) {
      topics.put(topic, new ArrayList<>());
    }
  }

  /** A new attempt; its anchors are written before {@link ModelLog#anchor} returns. */
  public ModelLog open() {
    return open(false);
  }

  /**
   * @param rewind whether its claim may retract committed versions
   */
  public ModelLog open(boolean rewind) {
    Medium medium = new Medium();
    ExecutorService sameThread = new SameThreadExecutor();
    return new LogWriter(
        model, medium, clock, rewind, new AnchorWriter(model, medium, clock, sameThread));
  }

  public LogFeed feed() {
    return new Feed();
  }

  /** Adds a raw record to the log, whatever it is. */
  public void appendRaw(byte[] value) {
    append(LogMedium.Topic.LOG, List.of(new Stored(model, value)));
  }

  /** Raw values of the log, in order. */
  public synchronized List<byte[]> rawLog() {
    return topic(LogMedium.Topic.LOG).stream().map(Stored::value).toList();
  }

  private List<Stored> topic(LogMedium.Topic topic) {
    return java.util.Objects.requireNonNull(topics.get(topic));
  }

  private synchronized void append(LogMedium.Topic topic, List<Stored> records) {
    topic(topic).addAll(records);
    notifyAll();
  }

  private synchronized List<Stored> copy(LogMedium.Topic topic, long from, long to) {
    List<Stored> all = topic(topic);
    return List.copyOf(all.subList((int) from, (int) Math.min(to, all.size())));
  }

  private synchronized int size(LogMedium.Topic topic) {
    return topic(topic).size();
  }

  // A poll may come back empty before its time, as Kafka's may.
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void await(int logSize, int indexSize, Duration timeout) {
    if (size(LogMedium.Topic.LOG) <= logSize && size(LogMedium.Topic.INDEX) <= indexSize) {
      try {
        wait(Math.max(1, timeout.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Medium implements LogMedium {

    private int token = -1;

    @Override
    public String nameOf(Topic topic) {
      return TopicNames.inMemory(model).of(topic);
    }

    @Override
    public void fence() {
      synchronized (InMemoryModelLog.this) {
        token = ++fence;
      }
    }

    @Override
    public void transact(Lane lane, Consumer<Sink> work) {
      synchronized (InMemoryModelLog.this) {
        if (token != fence) {
          throw new BrokenLog(
              "only the newest attempt may write %s, another one has claimed it"
                  .formatted(nameOf(Topic.LOG)));
        }
        Map<Topic, List<Stored>> pending = new EnumMap<>(Topic.class);
        work.accept((topic, key, value) -> stage(pending, topic, new Stored(key, value)));
        pending.forEach(InMemoryModelLog.this::append);
      }
    }

    private LongSupplier stage(Map<Topic, List<Stored>> pending, Topic topic, Stored stored) {
      List<Stored> staged = pending.computeIfAbsent(topic, unused -> new ArrayList<>());
      staged.add(stored);
      long offset = size(topic) + staged.size() - 1L;
      return () -> offset;
    }

    @Override
    public LogFeed feed() {
      return new Feed();
    }

    @Override
    public void close() {}
  }

  private final class Feed implements LogFeed {

    private final LogCodec codec = new LogCodec(model);
    private ModelIndex index = ModelIndex.EMPTY;
    private int indexRead;
    private long position;

    Feed() {
      readIndex();
    }

    private void readIndex() {
      for (Stored stored : copy(LogMedium.Topic.INDEX, indexRead, Long.MAX_VALUE)) {
        try {
          index = codec.updated(index, stored.key(), stored.value());
        } catch (UndecodableRecord e) {
          throw new BrokenLog("an index record must be readable: " + e.getMessage(), e);
        }
        indexRead++;
      }
    }

    @Override
    public ModelIndex index() {
      return index;
    }

    @Override
    public long beginning() {
      return 0;
    }

    @Override
    public long end() {
      return size(LogMedium.Topic.LOG);
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void seek(long offset) {
      position = offset;
    }

    @Override
    public List<LogRecord> poll(Duration timeout) {
      await((int) position, indexRead, timeout);
      readIndex();
      List<LogRecord> records = new ArrayList<>();
      for (Stored stored :
          copy(LogMedium.Topic.LOG, Math.min(position, end()), position + RECORDS_PER_POLL)) {
        records.add(new LogRecord(position++, codec.entry(stored.value())));
      }
      return records;
    }

    @Override
    public void pollIndex(Duration timeout) {
      await(Integer.MAX_VALUE, indexRead, timeout);
      readIndex();
    }

    @Override
    public LogEntry.Manifest anchorManifest(AnchorPosition anchor) {
      long offset = anchor.manifestOffset();
      LogEntry entry =
          codec.entry(copy(LogMedium.Topic.ANCHORS, offset, offset + 1).get(0).value());
      if (entry instanceof LogEntry.Manifest manifest) {
        return manifest;
      }
      throw new BrokenLog("the anchor %s must end with its manifest".formatted(anchor.version()));
    }

    @Override
    public void readAnchor(AnchorPosition anchor, Consumer<LogEntry> reader) {
      for (Stored stored :
          copy(LogMedium.Topic.ANCHORS, anchor.firstOffset(), anchor.manifestOffset())) {
        reader.accept(codec.entry(stored.value()));
      }
    }

    @Override
    public void close() {}
  }
}
