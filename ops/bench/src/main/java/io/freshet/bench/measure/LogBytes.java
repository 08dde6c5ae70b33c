package io.freshet.bench.measure;

import io.freshet.cli.DefaultModels;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.Prediction;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import io.freshet.source.Source;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How large versions are in the model log: a DIN with 200,000 rows of 16 floats whose items are
 * drawn with Zipf's exponent 1.05, at 1,000 examples/s and a version every 250 ms, which is 250
 * examples a version. Bytes of a delta over the bytes of what it must carry (an id and the floats
 * of each touched row, and all dense floats), and bytes of a delta over those of an anchor. A
 * function of fixed seeds; time plays no part.
 */
public final class LogBytes {

  private static final int ROWS = 200_000;
  private static final double EXPONENT = 1.05;
  private static final int EXAMPLES_PER_VERSION = 250;
  private static final int FILL_BATCH = 2_000;
  private static final int VERSIONS = 40;
  private static final int HISTORY = 17;
  private static final long START = 1_700_000_000_000L;

  private final Random random = new Random(1);
  private final double[] cumulated = new double[ROWS];
  private final ModelLog log;
  private final Learner learner;
  private long time = START;
  private long number;
  private long anchorBytes;
  private @Nullable VersionFacts parent;

  private LogBytes() {
    ModelSettings settings = settings();
    this.log = new InMemoryModelLog(settings.name(), InstantSource.system()).open();
    this.learner = LearnerFamilies.named(settings.family()).create(settings);
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      sum += StrictMath.pow(i + 1.0, -EXPONENT);
      cumulated[i] = sum;
    }
  }

  public static void main(String[] arguments) {
    new LogBytes().measure(System.out);
  }

  private void measure(PrintStream out) {
    long epoch = log.claim(null, HashValue.EMPTY);
    fill();
    publish(epoch);
    long firstBytes = log.totals().deltaBytes();
    long needed = 0;
    long touched = 0;
    for (int i = 0; i < VERSIONS; i++) {
      learn(EXAMPLES_PER_VERSION, this::drawn, HISTORY);
      StateDelta delta = publish(epoch);
      needed += needed(delta);
      touched += delta.tables().stream().mapToLong(rows -> rows.ids().length).sum();
    }
    long deltaBytes = (log.totals().deltaBytes() - firstBytes) / VERSIONS;
    out.printf("rows of the table:                    %,12d%n", learner.tableRows());
    out.printf("touched rows a delta:                 %,12d%n", touched / VERSIONS);
    out.printf("bytes a delta:                        %,12d%n", deltaBytes);
    out.printf("bytes of touched rows and dense part: %,12d%n", needed / VERSIONS);
    out.printf(
        "delta / (touched rows + dense part):  %12.3f%n", (double) deltaBytes * VERSIONS / needed);
    out.printf("bytes an anchor:                      %,12d%n", anchorBytes);
    out.printf("delta / anchor: 1/%.1f%n", (double) anchorBytes / deltaBytes);
    learner.close();
    log.close();
  }

  /** Lets each item be a candidate once, which gives it its row. */
  private void fill() {
    int[] next = {0};
    while (next[0] < ROWS) {
      learn(FILL_BATCH, () -> next[0]++ % ROWS, 0);
    }
  }

  private interface Items {
    int next();
  }

  private int drawn() {
    int found = Arrays.binarySearch(cumulated, random.nextDouble() * cumulated[ROWS - 1]);
    return found < 0 ? Math.min(-found - 1, ROWS - 1) : found;
  }

  private void learn(int count, Items items, int history) {
    List<Example> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batch.add(example(items, history));
    }
    learner.train(batch);
    learner.endRound(time);
  }

  private Example example(Items items, int history) {
    long[] clicked = new long[history];
    for (int i = 0; i < history; i++) {
      clicked[i] = id(items.next());
    }
    time += 1;
    EncodedExample features =
        new EncodedExample(
            new long[] {id(items.next())},
            new long[0][],
            new long[0],
            new long[0],
            new float[0],
            new long[0],
            new long[][][] {{clicked}},
            time);
    Prediction prediction = learner.predict(features);
    boolean click = random.nextInt(12) == 0;
    return new Example(
        random.nextLong(),
        features,
        prediction.counters(),
        prediction.logit(),
        click ? 1 : 0,
        1,
        click ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        time);
  }

  private static long id(int item) {
    return Ids.of("item" + item);
  }

  private StateDelta publish(long epoch) {
    LearnerDelta changed = learner.drain();
    VersionFacts facts = facts(new Version(epoch, ++number));
    boolean first = parent == null;
    log.publish(facts, changed);
    if (first) {
      anchorBytes = anchor(facts);
    }
    parent = facts;
    return changed.serving();
  }

  private long anchor(VersionFacts facts) {
    log.anchor(facts, learner.snapshot());
    return log.totals().anchorBytes();
  }

  private VersionFacts facts(Version next) {
    Map<String, Long> rows = new HashMap<>();
    for (RowTable table : learner.servingState().tables().values()) {
      rows.put(table.name(), (long) table.size());
    }
    return new VersionFacts(
        next,
        parent == null ? null : parent.version(),
        parent == null ? HashValue.EMPTY : parent.stateHash(),
        learner.servingHash(),
        learner.step(),
        time,
        rows,
        Map.of(),
        Map.of(),
        "passed",
        "{}",
        1,
        learner.engine(),
        "measure");
  }

  private long needed(StateDelta delta) {
    long bytes = 0;
    ModelState state = learner.servingState();
    for (Tensor tensor : state.tensors().values()) {
      bytes += (long) Float.BYTES * tensor.data().length;
    }
    for (StateDelta.Rows rows : delta.tables()) {
      bytes += (long) rows.ids().length * (Long.BYTES + Float.BYTES * rows.width());
      bytes += (long) rows.removed().length * Long.BYTES;
    }
    return bytes;
  }

  static ModelSettings settings() {
    String text =
        """
        models:
          din:
            family: din
            features: [{name: item, from: item.id, as: id, size: 16}]
            histories: [{name: clicked, of: [item], length: 50}]
        """;
    Source.StreamDefaults times = new Source.StreamDefaults(100, 60_000, 1_000);
    return DefaultModels.read(text, times).models().get(0);
  }
}
