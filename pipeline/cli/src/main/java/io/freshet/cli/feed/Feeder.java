package io.freshet.cli.feed;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventKey;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.source.HeartbeatPlan;
import io.freshet.source.Source;
import io.freshet.source.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Sends a source's events to Kafka, with heartbeats into every partition of every event topic. What
 * a partition holds already is not sent again, so a feeder that was killed goes on where it was.
 * {@link #run} belongs to one thread; everything else may be called from any.
 */
public final class Feeder {

  private static final long LEDGER_EVERY_MS = 5_000;
  private static final long HEARTBEAT_WALL_MS = 20;
  private static final long SAMPLE_WALL_MS = 2;
  private static final int GATE_EVERY = 256;
  private static final long NAP_NANOS = 2_000_000;

  /**
   * @param limit stop when the source has given so many events, those of earlier runs included
   * @param perSecond events; infinite for as fast as Kafka takes them
   * @param heartbeatMs event time between heartbeats
   * @param disorderMs how much older than the newest an event of the source may be
   */
  public record Plan(OptionalLong limit, double perSecond, long heartbeatMs, long disorderMs) {}

  /** Holds the feeder back while the consumers of its events are too far behind. */
  public interface Gate {

    /** Never holds it back. */
    Gate OPEN = (sent, promised) -> true;

    /**
     * @param sent events so far in this run
     * @param promised event time of the newest heartbeat
     */
    boolean open(long sent, long promised);
  }

  /** Why a feeder came to its end. */
  public enum Reason {
    /** The source has nothing more; the end of time is promised. */
    SOURCE_ENDED,
    LIMIT,
    STOPPED
  }

  /**
   * @param promised the last promise, in every partition
   */
  public record Outcome(Reason reason, long promised) {}

  private final Source source;
  private final KafkaAccess kafka;
  private final Map<String, Integer> partitions;
  private final Plan plan;
  private final SourceClock clock;
  private final Gate gate;
  private final Consumer<Event> watcher;
  private final @Nullable FeedLedger ledger;
  private final LongSupplier wallTime;
  private final HeartbeatPlan heartbeats;
  private final EventCodec codec = new EventCodec();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private volatile boolean stopped;
  private volatile EventCounts counts = EventCounts.NONE;
  private final AtomicLong sent = new AtomicLong();
  private long promised = Long.MIN_VALUE;
  private long heartbeatAt;
  private long sampledAt;
  private long savedAt;

  /**
   * @param partitions of each event topic
   * @param watcher sees each event after it was sent
   * @param ledger null where nobody goes on counting
   * @param wallTime milliseconds since 1970 UTC
   */
  public Feeder(
      Source source,
      KafkaAccess kafka,
      Map<String, Integer> partitions,
      Plan plan,
      SourceClock clock,
      Gate gate,
      Consumer<Event> watcher,
      @Nullable FeedLedger ledger,
      LongSupplier wallTime) {
    this.source = source;
    this.kafka = kafka;
    this.partitions = Map.copyOf(partitions);
    this.plan = plan;
    this.clock = clock;
    this.gate = gate;
    this.watcher = watcher;
    this.ledger = ledger;
    this.wallTime = wallTime;
    this.heartbeats = new HeartbeatPlan(source.name(), plan.heartbeatMs(), plan.disorderMs());
  }

  /** What the source has given, earlier runs included. */
  public EventCounts counts() {
    return counts;
  }

  /** Records sent in this run, heartbeats not counted. */
  public long sent() {
    return sent.get();
  }

  /** Lets {@link #run} end soon. */
  public void stop() {
    stopped = true;
  }

  /**
   * Sends until the source ends, the limit is reached or {@link #stop} is called; everything has
   * been acknowledged when it returns.
   *
   * @throws CommandFailed if Kafka does not take what is sent
   */
  public Outcome run() {
    Tails tails = Tails.read(kafka, partitions);
    int all = partitions.values().stream().mapToInt(Integer::intValue).sum();
    promised = tails.promised(all);
    counts = startingCounts(tails.next(all));
    savedAt = wallTime.getAsLong();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      repeatPromise(producer);
      Reason reason = sendAll(producer, tails);
      producer.flush();
      throwFailure();
      save();
      return new Outcome(reason, promised);
    } catch (KafkaException e) {
      throw new CommandFailed(
          "Kafka at %s must take the source's events: %s".formatted(kafka.brokers(), Causes.of(e)),
          e);
    }
  }

  /**
   * Makes the last promise once more, after {@link #run} has returned: a job that has started again
   * meanwhile has forgotten it.
   *
   * @throws CommandFailed if Kafka does not take it
   */
  public void promiseAgain() {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      repeatPromise(producer);
      producer.flush();
      throwFailure();
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    Properties properties = kafka.properties();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // A request for every few events would cost the broker more than the events do.
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "10");
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, String.valueOf(64 << 10));
    properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(16 << 20));
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Counting starts where it is known, which is at or before what every partition holds. */
  private EventCounts startingCounts(long next) {
    EventCounts saved = ledger == null ? EventCounts.NONE : ledger.load();
    return saved.next() <= next || promised == Heartbeat.END_OF_TIME ? saved : EventCounts.NONE;
  }

  private Reason sendAll(KafkaProducer<byte[], byte[]> producer, Tails tails) {
    Iterator<SourceRecord> records = source.records(counts.next());
    Pace pace = new Pace(plan.perSecond(), System::nanoTime);
    while (!stopped) {
      if (!records.hasNext()) {
        if (promised != Heartbeat.END_OF_TIME) {
          promise(producer, heartbeats.ended());
        }
        return Reason.SOURCE_ENDED;
      }
      if (plan.limit().isPresent() && counts.total() >= plan.limit().getAsLong()) {
        heartbeats.idle().ifPresent(heartbeat -> promise(producer, heartbeat));
        return Reason.LIMIT;
      }
      SourceRecord next = records.next();
      ProducerRecord<byte[], byte[]> record = toKafka(next);
      boolean isThere = next.index() <= tails.indexIn(partitionOf(record));
      if (!isThere) {
        if (!await(producer, next, pace)) {
          break;
        }
        send(producer, record);
        sent.incrementAndGet();
      }
      count(producer, next, isThere);
    }
    heartbeats.idle().ifPresent(heartbeat -> promise(producer, heartbeat));
    return Reason.STOPPED;
  }

  private void count(KafkaProducer<byte[], byte[]> producer, SourceRecord next, boolean wasThere) {
    if (!(next instanceof SourceRecord.Good good)) {
      counts = counts.withBroken(next.index());
      return;
    }
    Event event = good.event();
    counts = counts.with(event);
    watcher.accept(event);
    if (wasThere) {
      return;
    }
    heartbeats
        .sent(event)
        .ifPresentOrElse(heartbeat -> promise(producer, heartbeat), () -> sample(event));
    saveNowAndThen(producer);
  }

  /** Waits for the record's turn; false when the feeder was stopped meanwhile. */
  private boolean await(KafkaProducer<byte[], byte[]> producer, SourceRecord next, Pace pace) {
    if (sent.get() % GATE_EVERY == 0) {
      throwFailure();
      while (!stopped && !gate.open(sent.get(), promised)) {
        LockSupport.parkNanos(NAP_NANOS);
        throwFailure();
        pace.skip();
      }
    }
    long time = next instanceof SourceRecord.Good good ? good.event().eventTime() : Pace.NO_TIME;
    while (!stopped) {
      long nanos = pace.nanosUntil(time);
      if (nanos <= 0) {
        pace.passed(time);
        return true;
      }
      if (next instanceof SourceRecord.Good good
          && wallTime.getAsLong() - heartbeatAt >= HEARTBEAT_WALL_MS) {
        heartbeats.waiting(good.event()).ifPresent(heartbeat -> promise(producer, heartbeat));
      }
      LockSupport.parkNanos(Math.min(nanos, 10 * NAP_NANOS));
    }
    return false;
  }

  private ProducerRecord<byte[], byte[]> toKafka(SourceRecord record) {
    if (record instanceof SourceRecord.Good good) {
      String topic = kafka.topics().of(good.event());
      byte[] key = EventKey.bytesOf(good.event());
      int partition = Utils.toPositive(Utils.murmur2(key)) % count(topic);
      return new ProducerRecord<>(topic, partition, key, codec.encode(good.event()));
    }
    SourceRecord.Bad bad = (SourceRecord.Bad) record;
    String topic = kafka.topics().interactions();
    byte[] index = ByteBuffer.allocate(Long.BYTES).putLong(bad.index()).array();
    return new ProducerRecord<>(
        topic,
        (int) (bad.index() % count(topic)),
        Long.toString(bad.index()).getBytes(StandardCharsets.UTF_8),
        bad.bytes(),
        List.of(new RecordHeader(Tails.INDEX_HEADER, index)));
  }

  private int count(String topic) {
    Integer count = partitions.get(topic);
    if (count == null) {
      throw new IllegalStateException(
          "partitions must be known of every event topic, not " + topic);
    }
    return count;
  }

  private static TopicPartition partitionOf(ProducerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    // The callback keeps what the future would say, in the producer's own order.
    Future<RecordMetadata> acknowledged =
        producer.send(record, (metadata, e) -> failure.compareAndSet(null, e));
    if (acknowledged.isDone()) {
      throwFailure();
    }
  }

  /**
   * Watermarks do not survive a restore: a job that had read all there is would wait for ever for
   * what it already knew.
   */
  private void repeatPromise(KafkaProducer<byte[], byte[]> producer) {
    if (promised == Heartbeat.END_OF_TIME) {
      promise(producer, heartbeats.ended());
    } else if (promised != Long.MIN_VALUE) {
      promise(producer, new Heartbeat(promised, source.name(), Event.NO_SOURCE_INDEX));
    }
  }

  private void promise(KafkaProducer<byte[], byte[]> producer, Heartbeat heartbeat) {
    byte[] value = codec.encode(heartbeat);
    for (Map.Entry<String, Integer> topic : partitions.entrySet()) {
      for (int p = 0; p < topic.getValue(); p++) {
        send(producer, new ProducerRecord<>(topic.getKey(), p, null, value));
      }
    }
    promised = Math.max(promised, heartbeat.eventTime());
    heartbeatAt = wallTime.getAsLong();
    sampledAt = heartbeatAt;
    clock.reached(heartbeat.eventTime(), heartbeatAt, sent.get());
  }

  private void sample(Event event) {
    long now = wallTime.getAsLong();
    if (now - sampledAt >= SAMPLE_WALL_MS) {
      sampledAt = now;
      clock.reached(event.eventTime() - plan.disorderMs(), now, sent.get());
    }
  }

  private void saveNowAndThen(KafkaProducer<byte[], byte[]> producer) {
    if (ledger != null && heartbeatAt - savedAt >= LEDGER_EVERY_MS) {
      producer.flush();
      throwFailure();
      save();
    }
  }

  private void save() {
    savedAt = wallTime.getAsLong();
    if (ledger != null) {
      ledger.save(counts);
    }
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw new CommandFailed(
          "Kafka at %s must take the source's events: %s".formatted(kafka.brokers(), Causes.of(e)),
          e);
    }
  }
}
