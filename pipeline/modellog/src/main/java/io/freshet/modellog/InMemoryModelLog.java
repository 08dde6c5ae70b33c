package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.schema.UndecodableRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One model's topics in memory, for tests: the records are those that Kafka would hold, and so are
 * the rules (a claim fences, a transaction shows all of it or nothing). Safe for any number of
 * threads.
 */
public final class InMemoryModelLog {

  private static final int RECORDS_PER_POLL = 500;
  private static final Set<LogMedium.Topic> COMPACTED =
      Set.of(LogMedium.Topic.INDEX, LogMedium.Topic.ANCHORS, LogMedium.Topic.DECISIONS);

  private final String model;
  private final InstantSource clock;
  private final Map<LogMedium.Topic, InMemoryTopic> topics = new EnumMap<>(LogMedium.Topic.class);
  private int fence;

  public InMemoryModelLog(String model, InstantSource clock) {
    this.model = model;
    this.clock = clock;
    for (LogMedium.Topic topic : LogMedium.Topic.values()) {
      topics.put(topic, new InMemoryTopic(COMPACTED.contains(topic)));
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
    return open(rewind, ProtocolPoints.NONE);
  }

  /**
   * @param points are told how far the writer has come
   */
  public ModelLog open(boolean rewind, ProtocolPoints points) {
    Medium medium = new Medium();
    ExecutorService sameThread = new SameThreadExecutor();
    return new LogWriter(
        model,
        medium,
        clock,
        rewind,
        points,
        new AnchorWriter(model, medium, clock, points, sameThread));
  }

  public LogFeed feed() {
    return new Feed();
  }

  /** Adds a raw record to the log, whatever it is. */
  public synchronized void appendRaw(byte[] value) {
    topic(LogMedium.Topic.LOG).append(model, value);
    notifyAll();
  }

  /** Sends a command to the learner. */
  public synchronized void send(Command command) {
    topic(LogMedium.Topic.COMMANDS).append(model, new DecisionCodec(model).command(command));
  }

  /** What was decided beside the versions, by ascending steps. */
  public List<Decision> decisions() {
    DecisionWriter reader = new DecisionWriter(model, new Medium());
    reader.begin();
    return reader.before();
  }

  /** Chunks of refused candidates that are kept. */
  public int candidateChunks() {
    return (int)
        range(LogMedium.Topic.DECISIONS, 0, Long.MAX_VALUE).stream()
            .filter(stored -> new LogCodec(model).entry(stored.value()) instanceof LogEntry.Chunk)
            .count();
  }

  /** Raw values of the log, in order. */
  public List<byte[]> rawLog() {
    return range(LogMedium.Topic.LOG, 0, Long.MAX_VALUE).stream()
        .map(InMemoryTopic.Stored::value)
        .toList();
  }

  /** Bytes that all topics of the model hold. */
  public synchronized long bytes() {
    return topics.values().stream().mapToLong(InMemoryTopic::bytes).sum();
  }

  private InMemoryTopic topic(LogMedium.Topic topic) {
    return java.util.Objects.requireNonNull(topics.get(topic));
  }

  private synchronized List<InMemoryTopic.Stored> range(LogMedium.Topic topic, long from, long to) {
    return topic(topic).range(from, to);
  }

  private synchronized long beginning(LogMedium.Topic topic) {
    return topic(topic).beginning();
  }

  private synchronized long end(LogMedium.Topic topic) {
    return topic(topic).end();
  }

  // A poll may come back empty before its time, as Kafka's may.
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void await(long logEnd, long indexEnd, Duration timeout) {
    if (end(LogMedium.Topic.LOG) <= logEnd && end(LogMedium.Topic.INDEX) <= indexEnd) {
      try {
        wait(Math.max(1, timeout.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private LostOffset lost(LogMedium.Topic topic, long offset) {
    return new LostOffset(
        "%s must still hold offset %d, it begins at %d"
            .formatted(TopicNames.inMemory(model).of(topic), offset, beginning(topic)));
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
        Map<Topic, List<Sent>> pending = new EnumMap<>(Topic.class);
        work.accept((topic, key, value) -> stage(pending, topic, new Sent(key, value)));
        pending.forEach(
            (topic, records) ->
                records.forEach(record -> topic(topic).append(record.key(), record.value())));
        InMemoryModelLog.this.notifyAll();
      }
    }

    private record Sent(String key, byte @Nullable [] value) {}

    private LongSupplier stage(Map<Topic, List<Sent>> pending, Topic topic, Sent record) {
      List<Sent> staged = pending.computeIfAbsent(topic, unused -> new ArrayList<>());
      staged.add(record);
      long offset = end(topic) + staged.size() - 1;
      return () -> offset;
    }

    @Override
    public long beginning(Topic topic) {
      return InMemoryModelLog.this.beginning(topic);
    }

    @Override
    public long end(Topic topic) {
      return InMemoryModelLog.this.end(topic);
    }

    @Override
    public void read(Topic topic, long from, long to, RecordReader reader) {
      if (from < beginning(topic)) {
        throw lost(topic, from);
      }
      range(topic, from, to)
          .forEach(record -> reader.record(record.offset(), record.key(), record.value()));
    }

    @Override
    public void poll(Topic topic, long from, RecordReader reader) {
      read(topic, from, end(topic), reader);
    }

    @Override
    public void deleteBefore(Topic topic, long offset) {
      synchronized (InMemoryModelLog.this) {
        topic(topic).deleteBefore(offset);
      }
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
    private long indexRead;
    private long position;

    Feed() {
      readIndex();
      position = beginning();
    }

    private void readIndex() {
      for (InMemoryTopic.Stored stored : range(LogMedium.Topic.INDEX, indexRead, Long.MAX_VALUE)) {
        try {
          index = codec.updated(index, stored.key(), stored.value());
        } catch (UndecodableRecord e) {
          throw new BrokenLog("an index record must be readable: " + e.getMessage(), e);
        }
        indexRead = stored.offset() + 1;
      }
    }

    @Override
    public ModelIndex index() {
      return index;
    }

    @Override
    public long beginning() {
      return InMemoryModelLog.this.beginning(LogMedium.Topic.LOG);
    }

    @Override
    public long end() {
      return InMemoryModelLog.this.end(LogMedium.Topic.LOG);
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
      await(position, indexRead, timeout);
      readIndex();
      if (position < beginning()) {
        throw lost(LogMedium.Topic.LOG, position);
      }
      List<LogRecord> records = new ArrayList<>();
      for (InMemoryTopic.Stored stored :
          range(LogMedium.Topic.LOG, position, position + RECORDS_PER_POLL)) {
        records.add(new LogRecord(stored.offset(), codec.entry(stored.value())));
        position = stored.offset() + 1;
      }
      return records;
    }

    @Override
    public void pollIndex(Duration timeout) {
      await(Integer.MAX_VALUE, indexRead, timeout);
      readIndex();
    }

    @Override
    public void refreshIndex() {
      readIndex();
    }

    @Override
    public LogEntry.Manifest anchorManifest(AnchorPosition anchor) {
      long offset = anchor.manifestOffset();
      List<InMemoryTopic.Stored> found = range(LogMedium.Topic.ANCHORS, offset, offset + 1);
      if (found.isEmpty()) {
        throw lost(LogMedium.Topic.ANCHORS, offset);
      }
      LogEntry entry = codec.entry(found.get(0).value());
      if (entry instanceof LogEntry.Manifest manifest) {
        return manifest;
      }
      throw new BrokenLog("the anchor %s must end with its manifest".formatted(anchor.version()));
    }

    @Override
    public void readAnchor(AnchorPosition anchor, Consumer<LogEntry> reader) {
      for (InMemoryTopic.Stored stored :
          range(LogMedium.Topic.ANCHORS, anchor.firstOffset(), anchor.manifestOffset())) {
        reader.accept(codec.entry(stored.value()));
      }
    }

    @Override
    public void close() {}
  }
}
