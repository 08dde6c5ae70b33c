package io.freshet.bench.measure;

import io.freshet.cli.feed.Feeder;
import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Swap;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How long a rollback takes: from the command's record to the decision, and on until every reader
 * serves the version that it makes. The demo's DIN learns from the simulated shop at a rate, with
 * two speculative readers and a committed one, which waits for a checkpoint besides. Arguments:
 * events a second, rollbacks.
 */
public final class RollbackVisible {

  private static final String MODEL = "din";
  private static final long SEED = 1;
  private static final int BACK = 12;
  private static final Duration WARM_UP = Duration.ofSeconds(12);
  private static final Duration BETWEEN = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String VERDICT = "rolled back to";

  private final PrintStream out;
  private final int perSecond;
  private final int rollbacks;

  private RollbackVisible(int perSecond, int rollbacks, PrintStream out) {
    this.perSecond = perSecond;
    this.rollbacks = rollbacks;
    this.out = out;
  }

  public static void main(String[] arguments) {
    int perSecond = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3_000;
    int rollbacks = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
    new RollbackVisible(perSecond, rollbacks, System.out).measure();
    // Kafka and Flink leave threads that would keep the process.
    System.exit(0);
  }

  /** A reader, and when it served each version that a rollback made. */
  private static final class Watched implements AutoCloseable {

    private final ModelReader reader;
    private final List<VersionFacts> served = new ArrayList<>();
    private final Map<Long, Long> rolledBackAt = new ConcurrentHashMap<>();

    Watched(Map<String, String> kafka, Isolation isolation) {
      this.reader = ModelReader.open(ReaderOptions.of(kafka, MODEL, isolation).withFeatures(0, 0));
      reader.onSwap(this::swapped);
    }

    private void swapped(Swap swap) {
      synchronized (served) {
        served.add(swap.facts());
      }
      if (swap.facts().gate().startsWith(VERDICT)) {
        rolledBackAt.putIfAbsent(swap.facts().step(), System.currentTimeMillis());
      }
    }

    VersionFacts back(int versions) {
      synchronized (served) {
        return served.get(Math.max(0, served.size() - 1 - versions));
      }
    }

    /** When it served what was decided at this step. */
    long at(long step) {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < until) {
        Long at = rolledBackAt.get(step);
        if (at != null) {
          return at;
        }
        LockSupport.parkNanos(1_000_000);
      }
      throw new IllegalStateException(
          "every reader must serve the rollback at step %d within %s, one does not"
              .formatted(step, PATIENCE));
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private void measure() {
    try (ShopJob shop = ShopJob.start(ShopJob.only(MODEL, SEED), SEED, perSecond)) {
      shop.feed(OptionalLong.empty(), perSecond, Feeder.Gate.OPEN, event -> {});
      Followed.awaitVersion(shop.kafka(), MODEL);
      try (Watched one = new Watched(shop.kafka().client(), Isolation.SPECULATIVE);
          Watched other = new Watched(shop.kafka().client(), Isolation.SPECULATIVE);
          Watched committed = new Watched(shop.kafka().client(), Isolation.COMMITTED)) {
        LockSupport.parkNanos(WARM_UP.toNanos());
        committed.reader.awaitFirst(PATIENCE);
        measure(shop, List.of(one, other), committed);
      }
    }
  }

  private void measure(ShopJob shop, List<Watched> speculative, Watched committed) {
    KafkaCommands commands = new KafkaCommands(shop.kafka().client(), new TopicNames("", MODEL));
    List<Long> decided = new ArrayList<>();
    List<Long> visible = new ArrayList<>();
    List<Long> settled = new ArrayList<>();
    for (int i = 0; i < rollbacks; i++) {
      VersionFacts target = committed.back(BACK);
      Decision decision =
          commands.send(
              Command.rollback(
                  UUID.randomUUID().toString(),
                  target.version(),
                  target.stateHash(),
                  System.currentTimeMillis()),
              PATIENCE,
              System::nanoTime);
      shop.requireRunning();
      if (decision == null || decision.kind() != Decision.Kind.ROLLED_BACK) {
        throw new IllegalStateException("a rollback must be decided on, got " + decision);
      }
      long sentAt = recordedAt(shop, Objects.requireNonNull(decision.sent()).offset());
      long step = decision.at().step();
      long last = speculative.stream().mapToLong(reader -> reader.at(step)).max().orElseThrow();
      decided.add(decision.decidedAt() - sentAt);
      visible.add(last - sentAt);
      settled.add(committed.at(step) - sentAt);
      out.printf(
          "to %s at step %,d: decided after %d ms, served by both speculative readers after %d ms, by the committed one after %d ms%n",
          target.version(), step, decided.get(i), visible.get(i), settled.get(i));
      LockSupport.parkNanos(BETWEEN.toNanos());
    }
    out.printf("%,d events/s, %d rollbacks by %d versions%n", perSecond, rollbacks, BACK);
    print("command to decision", decided);
    print("command to both speculative readers", visible);
    print("command to the committed reader", settled);
  }

  /** When the command lay in its topic, by the broker's clock, which is this process's. */
  private static long recordedAt(ShopJob shop, long offset) {
    TopicPartition commands = new TopicPartition(new TopicNames("", MODEL).commands(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            shop.kafka().properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(commands));
      consumer.seek(commands, offset);
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < until) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          return record.timestamp();
        }
      }
    }
    throw new IllegalStateException("a command that was decided on must lie in its topic");
  }

  private void print(String what, List<Long> ms) {
    List<Long> sorted = ms.stream().sorted().toList();
    out.printf(
        "%s: least %d, median %d, most %d ms%n",
        what, sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
  }
}
