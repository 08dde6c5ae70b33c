package io.freshet.cli.collect;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.EventCodec;
import io.freshet.schema.EventKey;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to Kafka, keyed so that what is joined lies together, and heartbeats with the
 * clock's time into every partition of every event topic, so that event time goes on when nobody
 * clicks. Safe for many threads.
 */
final class Collector implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final String PRODUCER = "collect";
  private static final String PATIENCE_MS = "10000";
  private static final String REQUEST_MS = "5000";
  private static final Duration FIRST = Duration.ofSeconds(15);

  private final EventTopics topics;
  private final EventWindow window;
  private final LongSupplier clock;
  private final CollectMetrics metrics;
  private final Producer<byte[], byte[]> producer;
  private final ThreadLocal<EventCodec> codec = ThreadLocal.withInitial(EventCodec::new);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread heartbeats;
  private final long heartbeatMs;
  private volatile long acknowledgedAt;
  private volatile @Nullable String problem;

  /**
   * Begins to send heartbeats.
   *
   * @param producer closed with the collector
   * @param heartbeatMs between them
   * @param clock milliseconds since 1970 UTC
   * @throws CommandFailed if Kafka does not take the first
   */
  static Collector start(
      Producer<byte[], byte[]> producer,
      EventTopics topics,
      EventWindow window,
      long heartbeatMs,
      LongSupplier clock,
      CollectMetrics metrics) {
    Collector collector = new Collector(producer, topics, window, heartbeatMs, clock, metrics);
    try {
      collector.heartbeat().get(FIRST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      producer.close(Duration.ZERO);
      throw new CommandFailed(
          "Kafka must take events into %s, did not: %s".formatted(topics.events(), Causes.of(e)),
          e);
    } catch (InterruptedException e) {
      producer.close(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while the first heartbeat was sent", e);
    }
    collector.heartbeats.start();
    return collector;
  }

  /** A producer that loses nothing, and that tells in time what was not acknowledged. */
  static Producer<byte[], byte[]> producer(KafkaAccess kafka) {
    Properties properties = kafka.properties();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
    properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_MS);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Collector(
      Producer<byte[], byte[]> producer,
      EventTopics topics,
      EventWindow window,
      long heartbeatMs,
      LongSupplier clock,
      CollectMetrics metrics) {
    this.producer = producer;
    this.topics = topics;
    this.window = window;
    this.heartbeatMs = heartbeatMs;
    this.clock = clock;
    this.metrics = metrics;
    this.acknowledgedAt = clock.getAsLong();
    this.heartbeats = new Thread(this::beat, "freshet-heartbeats");
    this.heartbeats.setDaemon(true);
  }

  private void beat() {
    try {
      while (!closed.await(heartbeatMs, TimeUnit.MILLISECONDS)) {
        long sent = clock.getAsLong();
        try {
          heartbeat().get();
          beaten(sent, null);
        } catch (ExecutionException | KafkaException e) {
          beaten(sent, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beaten(long at, @Nullable Throwable failed) {
    if (failed == null) {
      acknowledgedAt = Math.max(acknowledgedAt, at);
      problem = null;
      return;
    }
    String now = Causes.of(failed);
    if (!now.equals(problem)) {
      LOG.warn("Kafka does not take heartbeats: {}", now);
    }
    problem = now;
  }

  private CompletableFuture<Void> heartbeat() {
    Heartbeat heartbeat = new Heartbeat(clock.getAsLong(), PRODUCER, Event.NO_SOURCE_INDEX);
    byte[] value = codec.get().encode(heartbeat);
    List<CompletableFuture<Void>> acknowledged = new ArrayList<>();
    for (String topic : topics.events()) {
      // Known to the producer, and asked anew now and then: partitions may be added.
      for (PartitionInfo partition : producer.partitionsFor(topic)) {
        acknowledged.add(send(new ProducerRecord<>(topic, partition.partition(), null, value)));
      }
    }
    return CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    try {
      // The callback says what the future would say.
      Future<RecordMetadata> unused =
          producer.send(
              record,
              (metadata, e) -> {
                if (e == null) {
                  acknowledged.complete(null);
                } else {
                  acknowledged.completeExceptionally(e);
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      acknowledged.completeExceptionally(e);
    }
    return acknowledged;
  }

  /** Sends what can be sent; the outcome is known when Kafka has said of each that it has it. */
  CompletableFuture<Outcome> collect(List<EventBatch.Part> parts) {
    List<Outcome.Turned> refused = new ArrayList<>();
    List<CompletableFuture<Outcome.@Nullable Turned>> sent = new ArrayList<>();
    for (EventBatch.Part part : parts) {
      Event event = part.event();
      if (event == null) {
        refused.add(new Outcome.Turned(part.place(), String.valueOf(part.reason())));
        metrics.invalid();
        continue;
      }
      long now = clock.getAsLong();
      EventWindow.Verdict verdict = window.judge(event, now);
      if (verdict != null) {
        refused.add(new Outcome.Turned(part.place(), window.reason(event, now)));
        metrics.refused(verdict);
        continue;
      }
      sent.add(send(toKafka(event)).handle((done, e) -> acknowledged(part.place(), event, e)));
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
        .thenApply(all -> outcome(refused, sent));
  }

  private ProducerRecord<byte[], byte[]> toKafka(Event event) {
    return new ProducerRecord<>(
        topics.of(event), EventKey.bytesOf(event), codec.get().encode(event));
  }

  private Outcome.@Nullable Turned acknowledged(String place, Event event, @Nullable Throwable e) {
    if (e == null) {
      metrics.collected(event);
      return null;
    }
    metrics.unacknowledged();
    return new Outcome.Turned(place, Causes.of(e));
  }

  private static Outcome outcome(
      List<Outcome.Turned> refused, List<CompletableFuture<Outcome.@Nullable Turned>> sent) {
    List<Outcome.Turned> unacknowledged = new ArrayList<>();
    for (CompletableFuture<Outcome.@Nullable Turned> each : sent) {
      Outcome.Turned turned = each.join();
      if (turned != null) {
        unacknowledged.add(turned);
      }
    }
    return new Outcome(sent.size() - unacknowledged.size(), refused, unacknowledged);
  }

  /** Milliseconds since the newest heartbeats were sent that Kafka has said to have. */
  long heartbeatAgeMs() {
    return Math.max(0, clock.getAsLong() - acknowledgedAt);
  }

  /** What Kafka last said instead of taking heartbeats; null when it takes them. */
  @Nullable String problem() {
    return problem;
  }

  /** Ends when everything that was sent has been answered. */
  @Override
  public void close() {
    closed.countDown();
    try {
      heartbeats.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
