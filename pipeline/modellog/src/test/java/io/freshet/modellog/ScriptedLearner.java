package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes versions whose every float is the version's value, so that a mixture of two shows. Each
 * version also brings one new row and removes the oldest beyond {@link #MOST_ROWS}.
 */
public final class ScriptedLearner {

  public static final int MOST_ROWS = 4;
  public static final String SETTINGS = "{}";

  private static final long FIRST_ID = 100;

  private final ModelLog log;
  private final int width;
  private final ModelState state;
  private final StateHash hash = new StateHash();
  private long nextId = FIRST_ID;
  private long oldestId = FIRST_ID;
  private @Nullable Version tip;
  private HashValue tipHash = HashValue.EMPTY;
  private long epoch;
  private long number;
  private @Nullable VersionFacts last;

  /** What a checkpoint would hold. */
  public record Saved(
      @Nullable Version tip, HashValue tipHash, ModelState state, long nextId, long oldestId) {}

  public ScriptedLearner(ModelLog log) {
    this(log, 2);
  }

  /**
   * @param width floats of a row
   */
  public ScriptedLearner(ModelLog log, int width) {
    this(log, width, emptyState(width));
  }

  private ScriptedLearner(ModelLog log, int width, ModelState state) {
    this.log = log;
    this.width = width;
    this.state = state;
    hash.reset(state.computeHash());
  }

  /** One that goes on where another was saved. */
  public static ScriptedLearner resume(ModelLog log, Saved saved) {
    ScriptedLearner learner =
        new ScriptedLearner(log, saved.state().table("rows").width(), saved.state().copy());
    learner.tip = saved.tip();
    learner.tipHash = saved.tipHash();
    learner.nextId = saved.nextId();
    learner.oldestId = saved.oldestId();
    return learner;
  }

  /** The layout of its states, all zero and empty. */
  public static ModelState emptyState(int width) {
    return new ModelState(
        List.of(Tensor.zeros("weights", 2, 3), Tensor.zeros("bias", 1)),
        List.of(new RowTable("rows", width)));
  }

  public ScriptedLearner claim() {
    epoch = log.claim(tip, tipHash);
    number = log.highestNumber();
    return this;
  }

  public long epoch() {
    return epoch;
  }

  public Saved save() {
    return new Saved(tip, tipHash, state.copy(), nextId, oldestId);
  }

  /** Publishes the state in which every float is {@code value}. */
  public VersionFacts publish(float value) {
    RowTable rows = state.table("rows");
    List<Long> removed = new ArrayList<>();
    if (rows.size() == MOST_ROWS) {
      removed.add(oldestId++);
    }
    long[] ids = new long[(int) (nextId + 1 - oldestId)];
    Arrays.setAll(ids, i -> oldestId + i);
    nextId++;
    float[] values = new float[ids.length * width];
    Arrays.fill(values, value);
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor tensor : state.tensors().values()) {
      Tensor changed = tensor.copy();
      Arrays.fill(changed.data(), value);
      tensors.add(changed);
    }
    return publish(
        new StateDelta(
            tensors,
            List.of(
                new StateDelta.Rows(
                    "rows",
                    width,
                    ids,
                    values,
                    removed.stream().mapToLong(Long::longValue).toArray()))),
        (long) value);
  }

  /** Publishes the present state whole, as the first version after a claim may be. */
  public VersionFacts publishWhole(long eventTime) {
    tip = null;
    tipHash = HashValue.EMPTY;
    return publish(StateDelta.whole(state), eventTime);
  }

  /** Publishes what {@code delta} makes of the state. */
  public VersionFacts publish(StateDelta delta, long eventTime) {
    state.apply(delta, hash);
    VersionFacts facts = facts(new Version(epoch, ++number), eventTime);
    log.publish(facts, LearnerDelta.servingOnly(delta, hash.value()));
    tip = facts.version();
    tipHash = facts.stateHash();
    last = facts;
    return facts;
  }

  /** What a manifest would say of the present state as {@code version}. */
  public VersionFacts facts(Version version, long eventTime) {
    Map<String, Long> rowCounts = new LinkedHashMap<>();
    state.tables().forEach((name, table) -> rowCounts.put(name, (long) table.size()));
    return new VersionFacts(
        version,
        tip,
        tipHash,
        hash.value(),
        number,
        eventTime,
        rowCounts,
        Map.of("events.interactions-0", 17L),
        Map.of("auc", 0.75),
        "passed",
        SETTINGS,
        7,
        "script 1",
        "test");
  }

  /** An anchor of the newest version. */
  public void anchor() {
    VersionFacts facts = last;
    if (facts == null) {
      throw new IllegalStateException("an anchor needs a published version");
    }
    log.anchor(facts, snapshot());
  }

  /** An anchor of the base that it has claimed from. */
  public void anchorBase() {
    Version base = tip;
    if (base == null) {
      throw new IllegalStateException("an anchor of the base needs a base");
    }
    log.anchor(facts(base, 0), snapshot());
  }

  /** The delta of a learner that learnt nothing. */
  public LearnerDelta nothing() {
    return LearnerDelta.servingOnly(StateDelta.NONE, hash.value());
  }

  private LearnerState snapshot() {
    return LearnerState.servingOnly(state.copy());
  }

  public ModelState state() {
    return state;
  }

  public HashValue stateHash() {
    return hash.value();
  }
}
