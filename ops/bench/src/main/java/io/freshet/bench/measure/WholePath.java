package io.freshet.bench.measure;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.scoring.settings.ModelsFile;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many examples per second of wall time the whole path learns (Kafka, Flink, DIN, model log,
 * reader, all in this process), beside the learner loop alone on the same examples in the same
 * process, once before and once after. The source is sent to Kafka meanwhile, some thousand
 * impressions ahead, as fast as they are learnt; the first half of the examples warms up and does
 * not count. Where others run on the machine, compare processor time: the ratio cannot be above
 * what two cores give for it. Argument: events.
 */
public final class WholePath {

  private static final long SEED = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final String MODEL = "din";
  private static final int MOST_AHEAD = 10_000;

  private final long events;
  private final ModelsFile models;
  private final PrintStream out;

  private WholePath(long events, PrintStream out) {
    this.events = events;
    this.out = out;
    this.models = ShopJob.only(MODEL, SEED);
  }

  public static void main(String[] arguments) {
    long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 480_000;
    new WholePath(events, System.out).measure();
    // Kafka and Flink leave threads that would keep the process.
    System.exit(0);
  }

  private void measure() {
    LearnerAlone.of(ShopJob.source(SEED), events / 4, models);
    LearnerAlone.Speed before = LearnerAlone.of(ShopJob.source(SEED), events, models);
    print("learner alone, before", before);
    LearnerAlone.Speed path = path(before.examples());
    print("whole path", path);
    LearnerAlone.Speed after = LearnerAlone.of(ShopJob.source(SEED), events, models);
    print("learner alone, after", after);
    out.printf(
        "whole path / learner alone (mean of before and after): %.3f%n",
        path.perSecond() * 2 / (before.perSecond() + after.perSecond()));
    double alone = (before.cpuMs() + after.cpuMs()) / 2;
    out.printf(
        "at most, where nothing else runs on two cores: %.3f%n",
        Math.min(1, 2 * alone / path.cpuMs()));
    if (path.predictions() != before.predictions()) {
      throw new IllegalStateException(
          "the job and the learner alone must predict the same, their predictions sum to %s and %s"
              .formatted(path.predictions(), before.predictions()));
    }
    out.println("both predicted the same");
  }

  private void print(String what, LearnerAlone.Speed speed) {
    out.printf(
        "%-24s %,9d examples in %6.2f s: %,8.0f examples/s, %.3f ms of CPU each%n",
        what, speed.examples(), speed.seconds(), speed.perSecond(), speed.cpuMs());
  }

  private LearnerAlone.Speed path(long expected) {
    try (ShopJob shop = ShopJob.start(models, SEED);
        Followed reader = new Followed(shop.kafka(), MODEL)) {
      AtomicLong learnt = new AtomicLong();
      AtomicLong shown = new AtomicLong();
      shop.feed(
          OptionalLong.of(events),
          Double.POSITIVE_INFINITY,
          (sent, promised) -> shown.get() - learnt.get() < MOST_AHEAD,
          event -> {
            if (event instanceof ImpressionEvent) {
              shown.incrementAndGet();
            }
          });
      return evaluations(shop, reader, expected, learnt);
    }
  }

  /** Reads what the job says until it has learnt what the learner alone has. */
  private LearnerAlone.Speed evaluations(
      ShopJob shop, Followed reader, long expected, AtomicLong learnt) {
    KafkaAccess kafka = shop.kafka();
    AvroCodec codec = AvroCodec.of(Evaluation.class);
    var properties = kafka.properties();
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "100");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(kafka.topics().evaluations(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      long examples = 0;
      long counted = 0;
      double predictions = 0;
      long first = -1;
      long last = -1;
      long cpuBegan = 0;
      while (examples < expected) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          Evaluation evaluation = decoded(codec, record.value());
          for (EvaluationRow row : evaluation.getRows()) {
            predictions += row.getPrediction();
          }
          examples += evaluation.getRows().size();
          if (first < 0) {
            if (examples >= expected / 2) {
              first = record.timestamp();
              cpuBegan = ProcessCpu.nanos();
            }
          } else {
            counted += evaluation.getRows().size();
          }
          last = record.timestamp();
        }
        learnt.set(examples);
        reader.follow();
        check(shop, deadline, examples, expected);
      }
      double cpuSeconds = (ProcessCpu.nanos() - cpuBegan) / 1e9;
      out.printf("the reader served %,d proven versions%n", reader.provenSwaps());
      return new LearnerAlone.Speed(counted, (last - first) / 1e3, cpuSeconds, predictions);
    }
  }

  private static void check(ShopJob shop, long deadline, long examples, long expected) {
    shop.requireRunning();
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException(
          "the job must learn %d examples within %s, it learnt %d"
              .formatted(expected, PATIENCE, examples));
    }
  }

  private static Evaluation decoded(AvroCodec codec, byte[] value) {
    try {
      return codec.decode(value, Evaluation.class);
    } catch (UndecodableRecord e) {
      throw new IllegalStateException("evaluations must be readable: " + e.getMessage(), e);
    }
  }
}
