package io.freshet.bench.measure;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
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
import org.jspecify.annotations.Nullable;

/**
 * How long a reader takes from nothing to its first proven version, beside the size of the anchor;
 * and what a swap a second adds to scoring 100 candidates with a history of 18. A DIN of rows of 16
 * floats in a Kafka of this process; the first start is that of a process that has read nothing
 * yet.
 */
public final class ReaderStart {

  private static final String TABLE = "item";
  private static final int WIDTH = 16;
  private static final int ROWS_A_MEGABYTE = 1_000_000 / (Long.BYTES + Float.BYTES * WIDTH);
  private static final int ROWS_A_VERSION = 250_000;
  private static final int ROWS_A_DELTA = 2_000;
  private static final int DELTAS = 10;
  private static final int STARTS = 3;
  private static final int PHASES = 3;
  private static final long PHASE_NANOS = 5_000_000_000L;
  private static final long SWAP_NANOS = 1_000_000_000L;
  private static final int CANDIDATES = 100;
  private static final int HISTORY = 18;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final TopicNames NAMES = new TopicNames("", "din");

  private final PrintStream out;
  private final Random random = new Random(1);
  private final ModelSettings settings = LogBytes.settings();
  private final ModelState state = ScorerFamilies.named(settings.family()).emptyState(settings);
  private final StateHash hash = new StateHash();
  private final int rows;
  private @Nullable VersionFacts last;

  private ReaderStart(int megabytes, PrintStream out) {
    this.rows = megabytes * ROWS_A_MEGABYTE;
    this.out = out;
    hash.reset(state.computeHash());
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

  private static ModelLog log(KafkaAccess kafka) {
    return KafkaModelLog.open(kafka.client(), NAMES, InstantSource.system(), false);
  }

  private void measure(KafkaAccess kafka) {
    try (ModelLog log = log(kafka)) {
      long epoch = log.claim(null, HashValue.EMPTY);
      for (int from = 0; from < rows; from += ROWS_A_VERSION) {
        publish(log, epoch, range(from, Math.min(rows, from + ROWS_A_VERSION)));
      }
      log.anchor(
          java.util.Objects.requireNonNull(last),
          new LearnerState(state.copy(), new ModelState(List.of(), List.of())));
      for (int i = 0; i < DELTAS; i++) {
        publish(log, epoch, drawn());
      }
    }
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
          score(kafka, reader);
        }
      }
    }
  }

  private static ModelReader open(KafkaAccess kafka) {
    return ModelReader.open(
        ReaderOptions.of(kafka.client(), NAMES.model(), Isolation.SPECULATIVE).withFeatures(0, 0));
  }

  private void score(KafkaAccess kafka, ModelReader reader) {
    VersionFacts base = java.util.Objects.requireNonNull(last);
    Scorer scorer = reader.scorer();
    List<List<Instance>> requests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      requests.add(request());
    }
    try (ModelLog log = log(kafka)) {
      long epoch = log.claim(base.version(), base.stateHash());
      phase(scorer, requests, null); // warms up
      List<long[]> still = new ArrayList<>();
      List<long[]> swapping = new ArrayList<>();
      for (int i = 0; i < PHASES; i++) {
        still.add(phase(scorer, requests, null));
        long swaps = reader.stats().swaps();
        swapping.add(phase(scorer, requests, () -> publish(log, epoch, drawn())));
        require(reader.stats().swaps() > swaps, "versions must be swapped meanwhile");
      }
      print("without swaps", still);
      print("a swap a second", swapping);
    }
  }

  /** Nanoseconds of each call, while {@code everySecond} runs on a thread of its own. */
  private static long[] phase(
      Scorer scorer, List<List<Instance>> requests, @Nullable Runnable everySecond) {
    Thread publisher = everySecond == null ? null : new Thread(everySecond::run);
    long[] nanos = new long[4_000_000];
    int count = 0;
    long end = System.nanoTime() + PHASE_NANOS;
    long due = System.nanoTime();
    for (long now = System.nanoTime(); now < end && count < nanos.length; ) {
      if (everySecond != null && now >= due) {
        publisher = new Thread(everySecond::run);
        publisher.start();
        due += SWAP_NANOS;
      }
      scorer.score(requests.get(count % requests.size()));
      long after = System.nanoTime();
      nanos[count++] = after - now;
      now = after;
    }
    if (publisher != null) {
      try {
        publisher.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return Arrays.copyOf(nanos, count);
  }

  private void print(String what, List<long[]> phases) {
    long[] all = phases.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    out.printf(
        "%-16s %,9d calls of %d candidates: p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, most %.3f ms%n",
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

  private long[] range(int from, int to) {
    long[] ids = new long[to - from];
    Arrays.setAll(ids, i -> Ids.of("item" + (from + i)));
    return ids;
  }

  private long[] drawn() {
    return random.ints(ROWS_A_DELTA, 0, rows).mapToLong(item -> Ids.of("item" + item)).toArray();
  }

  private void publish(ModelLog log, long epoch, long[] ids) {
    long[] sorted =
        Arrays.stream(ids)
            .distinct()
            .map(id -> id ^ Long.MIN_VALUE)
            .sorted()
            .map(id -> id ^ Long.MIN_VALUE)
            .toArray();
    float[] values = new float[sorted.length * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.05f * (random.nextFloat() - 0.5f);
    }
    StateDelta changed =
        new StateDelta(
            List.copyOf(state.tensors().values().stream().map(Tensor::copy).toList()),
            List.of(new StateDelta.Rows(TABLE, WIDTH, sorted, values, new long[0])));
    state.apply(changed, hash);
    VersionFacts before = last;
    VersionFacts facts = facts(epoch, before);
    log.publish(
        facts, new LearnerDelta(changed, StateDelta.NONE, facts.stateHash(), HashValue.EMPTY));
    last = facts;
  }

  private VersionFacts facts(long epoch, @Nullable VersionFacts before) {
    Map<String, Long> counts = new java.util.TreeMap<>();
    for (RowTable table : state.tables().values()) {
      counts.put(table.name(), (long) table.size());
    }
    return new VersionFacts(
        new Version(epoch, before == null ? 1 : before.version().number() + 1),
        before == null ? null : before.version(),
        before == null ? HashValue.EMPTY : before.stateHash(),
        hash.value(),
        1,
        0,
        counts,
        Map.of(),
        Map.of(),
        "passed",
        ModelSettingsJson.write(settings),
        1,
        "measure",
        "measure");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
