package io.freshet.bench.measure;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Scorer;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How long a reader takes from nothing to its first proven version, beside the size of the anchor;
 * and what a swap a second adds to scoring 100 candidates with a history of 18. A DIN of rows of 16
 * floats in a Kafka of this process; the first start is that of a process that has read nothing
 * yet. What a swap adds is seen beside phases in which the same versions come to a model that is
 * not read, because their making and sending cost this machine's processors too.
 */
public final class ReaderStart {

  private static final int DELTAS = 10;
  private static final int STARTS = 3;
  private static final int PHASES = 5;
  private static final long PHASE_NANOS = 4_000_000_000L;
  private static final long SWAP_NANOS = 1_000_000_000L;
  private static final int CANDIDATES = 100;
  private static final int HISTORY = 18;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String MODEL = "din";
  private static final String OTHER = "din-other";

  private final PrintStream out;
  private final Random random = new Random(1);
  private final int rows;

  private ReaderStart(int megabytes, PrintStream out) {
    this.rows = megabytes * 1_000_000 / BigModel.rowBytes();
    this.out = out;
  }

  /**
   * @param arguments megabytes of rows (256)
   */
  public static void main(String[] arguments) {
    int megabytes = arguments.length == 0 ? 256 : Integer.parseInt(arguments[0]);
    try (DataDirectory data = DataDirectory.temporary();
        EmbeddedKafka broker = EmbeddedKafka.start(data.kafka())) {
      KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(""));
      new ReaderStart(megabytes, System.out).measure(kafka);
    }
    // Kafka leaves threads that would keep the process.
    System.exit(0);
  }

  private static ModelLog log(KafkaAccess kafka, String model) {
    return KafkaModelLog.open(
        kafka.client(), new TopicNames("", model), InstantSource.system(), false);
  }

  private void measure(KafkaAccess kafka) {
    try (BigModel followed = new BigModel(rows, log(kafka, MODEL));
        BigModel other = new BigModel(rows, log(kafka, OTHER))) {
      followed.fill();
      for (int i = 0; i < DELTAS; i++) {
        followed.change();
        other.change();
      }
      measure(kafka, followed, other);
    }
  }

  private void measure(KafkaAccess kafka, BigModel followed, BigModel other) {
    awaitAnchor(kafka);
    for (int start = 1; start <= STARTS; start++) {
      long before = System.nanoTime();
      long cpuBefore = ProcessCpu.nanos();
      try (ModelReader reader = open(kafka)) {
        reader.awaitFirst(PATIENCE);
        double seconds = (System.nanoTime() - before) / 1e9;
        double cpu = (ProcessCpu.nanos() - cpuBefore) / 1e9;
        require(reader.matches(), "a reader must hold what its manifest says");
        long bytes = reader.stats().anchorBytes();
        require(bytes > 0, "a reader must begin at the anchor");
        out.printf(
            "start %d: %,d rows, anchor of %,d bytes, first proven version after %.2f s (%.2f s a GB), %.2f s of CPU%n",
            start, rows, bytes, seconds, seconds * 1e9 / bytes, cpu);
        if (start == STARTS) {
          score(reader, followed, other);
        }
      }
    }
  }

  private static ModelReader open(KafkaAccess kafka) {
    return ModelReader.open(
        ReaderOptions.of(kafka.client(), MODEL, Isolation.SPECULATIVE).withFeatures(0, 0));
  }

  /** An anchor is written in the background. */
  private static void awaitAnchor(KafkaAccess kafka) {
    try (LogFeed feed = KafkaModelLog.feed(kafka.client(), new TopicNames("", MODEL))) {
      while (feed.index().anchors().isEmpty()) {
        feed.pollIndex(Duration.ofMillis(100));
      }
    }
  }

  private void score(ModelReader reader, BigModel followed, BigModel other) {
    Scorer scorer = reader.scorer();
    List<List<Instance>> requests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      requests.add(request());
    }
    phase(scorer, requests, followed::change); // warms up
    List<long[]> still = new ArrayList<>();
    List<long[]> swapping = new ArrayList<>();
    for (int i = 0; i < PHASES; i++) {
      still.add(phase(scorer, requests, other::change));
      long swaps = reader.stats().swaps();
      swapping.add(phase(scorer, requests, followed::change));
      require(reader.stats().swaps() > swaps, "versions must be swapped meanwhile");
    }
    print("another model's versions", still);
    print("a swap a second", swapping);
    out.printf(
        "p99 with swaps - without: %+.3f ms, median of %d pairs of %d s%n",
        median(swapping) - median(still), PHASES, PHASE_NANOS / 1_000_000_000L);
  }

  private static double median(List<long[]> phases) {
    double[] each =
        phases.stream()
            .mapToDouble(
                nanos -> Arrays.stream(nanos).sorted().toArray()[(int) (nanos.length * 0.99)] / 1e6)
            .sorted()
            .toArray();
    return each[each.length / 2];
  }

  /** Nanoseconds of each call, while {@code everySecond} runs on a thread of its own. */
  private static long[] phase(Scorer scorer, List<List<Instance>> requests, Runnable everySecond) {
    Thread publisher = new Thread(everySecond::run);
    publisher.start();
    long[] nanos = new long[4_000_000];
    int count = 0;
    long end = System.nanoTime() + PHASE_NANOS;
    long due = System.nanoTime() + SWAP_NANOS;
    for (long now = System.nanoTime(); now < end && count < nanos.length; ) {
      if (now >= due) {
        join(publisher);
        publisher = new Thread(everySecond::run);
        publisher.start();
        due += SWAP_NANOS;
      }
      scorer.score(requests.get(count % requests.size()));
      long after = System.nanoTime();
      nanos[count++] = after - now;
      now = after;
    }
    join(publisher);
    return Arrays.copyOf(nanos, count);
  }

  private static void join(Thread publisher) {
    try {
      publisher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(String what, List<long[]> phases) {
    long[] all = phases.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    out.printf(
        "%-24s %,9d calls of %d candidates: p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, most %.3f ms%n",
        what,
        all.length,
        CANDIDATES,
        all[all.length / 2] / 1e6,
        all[(int) (all.length * 0.99)] / 1e6,
        all[(int) (all.length * 0.999)] / 1e6,
        all[all.length - 1] / 1e6);
  }

  private List<Instance> request() {
    List<HistoryEntry> clicked = new ArrayList<>();
    for (int i = 0; i < HISTORY; i++) {
      clicked.add(new HistoryEntry("click", "item" + random.nextInt(rows), Map.of(), 0, 1));
    }
    List<Instance> candidates = new ArrayList<>();
    for (int i = 0; i < CANDIDATES; i++) {
      candidates.add(
          new Instance(
              "item" + random.nextInt(rows),
              Map.of(),
              "u",
              Map.of(),
              1,
              0,
              Map.of("click", clicked)));
    }
    return candidates;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
