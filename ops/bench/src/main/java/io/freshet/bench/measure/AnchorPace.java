package io.freshet.bench.measure;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.EventTopics;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The interval between two versions while an anchor is being written, beside that while none is: a
 * DIN with rows of 16 floats and their optimiser slots, 1,000 examples/s, a version every 250 ms,
 * into a Kafka of this process. Arguments: rows, seconds of each phase.
 */
public final class AnchorPace {

  private static final int EXAMPLES = 250;
  private static final long EVERY_NANOS = 250_000_000;
  private static final int WARM_UP_SECONDS = 6;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final BigLearner big;
  private final PrintStream out;

  private AnchorPace(BigLearner big, PrintStream out) {
    this.big = big;
    this.out = out;
  }

  public static void main(String[] arguments) {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    try (DataDirectory data = DataDirectory.temporary();
        EmbeddedKafka broker = EmbeddedKafka.start(data.kafka())) {
      KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(""));
      try (BigLearner big =
          new BigLearner(
              rows,
              KafkaModelLog.open(
                  kafka.client(),
                  new TopicNames("", LogBytes.settings().name()),
                  InstantSource.system(),
                  false))) {
        System.out.printf("rows: %,d%n", rows);
        new AnchorPace(big, System.out).measure(seconds);
      }
    }
    // Kafka leaves threads that would keep the process.
    System.exit(0);
  }

  private void measure(int seconds) {
    phase(WARM_UP_SECONDS, false);
    phase(WARM_UP_SECONDS, true);
    List<Double> without = phase(seconds, false);
    long before = big.log().totals().anchors();
    List<Double> with = phase(seconds, true);
    print("no anchor", without);
    print("an anchor always being written", with);
    out.printf(
        "anchors completed: %d; p99 with / without: %.2f%n",
        big.log().totals().anchors() - before, p99(with) / p99(without));
  }

  /** Milliseconds between versions; with anchors, the next one begins as one is complete. */
  private List<Double> phase(int seconds, boolean anchors) {
    List<Double> intervals = new ArrayList<>();
    long asked = big.log().totals().anchors();
    long begun = asked;
    long due = System.nanoTime();
    long last = 0;
    for (int i = 0; i <= seconds * 1_000_000_000L / EVERY_NANOS; i++) {
      big.learn(EXAMPLES);
      LockSupport.parkNanos(due - System.nanoTime());
      big.publish();
      long now = System.nanoTime();
      if (last != 0) {
        intervals.add((now - last) / 1e6);
      }
      last = now;
      due += EVERY_NANOS;
      long complete = big.log().totals().anchors();
      if (anchors && complete == begun) {
        begun = complete + 1;
        big.anchor();
      }
    }
    for (int waited = 0; anchors && big.log().totals().anchors() < begun; waited++) {
      if (waited * EVERY_NANOS > PATIENCE_NANOS) {
        throw new IllegalStateException("an anchor must be complete within a minute, it is not");
      }
      LockSupport.parkNanos(EVERY_NANOS);
    }
    return intervals;
  }

  private static double p99(List<Double> ms) {
    List<Double> sorted = ms.stream().sorted().toList();
    return sorted.get((int) (sorted.size() * 0.99));
  }

  private void print(String what, List<Double> ms) {
    List<Double> sorted = ms.stream().sorted().toList();
    out.printf(
        "%s: %d intervals between versions, p50 %.0f ms, p99 %.0f ms, most %.0f ms%n",
        what, sorted.size(), sorted.get(sorted.size() / 2), p99(ms), sorted.get(sorted.size() - 1));
  }
}
