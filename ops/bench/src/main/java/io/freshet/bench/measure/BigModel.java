package io.freshet.bench.measure;

import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.Ids;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The serving state of a DIN with many rows of 16 floats, and its log; nothing learns. */
final class BigModel implements AutoCloseable {

  private static final String TABLE = "item";
  private static final int WIDTH = 16;
  private static final int ROWS_A_VERSION = 250_000;
  private static final int ROWS_A_DELTA = 2_000;

  private final Random random = new Random(1);
  private final ModelSettings settings = LogBytes.settings();
  private final ModelState state = ScorerFamilies.named(settings.family()).emptyState(settings);
  private final StateHash hash = new StateHash();
  private final int rows;
  private final ModelLog log;
  private final long epoch;
  private @Nullable VersionFacts last;

  /**
   * @param rows that deltas are drawn from
   * @param log to be claimed, and closed with this
   */
  BigModel(int rows, ModelLog log) {
    this.rows = rows;
    this.log = log;
    this.epoch = log.claim(null, HashValue.EMPTY);
    hash.reset(state.computeHash());
  }

  /** Bytes of the id and floats of a row. */
  static int rowBytes() {
    return Long.BYTES + Float.BYTES * WIDTH;
  }

  /** Publishes all rows, then an anchor. */
  void fill() {
    for (int from = 0; from < rows; from += ROWS_A_VERSION) {
      publish(range(from, Math.min(rows, from + ROWS_A_VERSION)));
    }
    log.anchor(
        java.util.Objects.requireNonNull(last),
        new LearnerState(state.copy(), new ModelState(List.of(), List.of())));
  }

  /** Publishes a version in which 2,000 rows, drawn at random, changed. */
  void change() {
    publish(drawn());
  }

  private static long[] range(int from, int to) {
    long[] ids = new long[to - from];
    Arrays.setAll(ids, i -> Ids.of("item" + (from + i)));
    return ids;
  }

  private long[] drawn() {
    return random.ints(ROWS_A_DELTA, 0, rows).mapToLong(item -> Ids.of("item" + item)).toArray();
  }

  private void publish(long[] ids) {
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
    VersionFacts facts = facts(before);
    log.publish(
        facts, new LearnerDelta(changed, StateDelta.NONE, facts.stateHash(), HashValue.EMPTY));
    last = facts;
  }

  private VersionFacts facts(@Nullable VersionFacts before) {
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

  @Override
  public void close() {
    log.close();
  }
}
