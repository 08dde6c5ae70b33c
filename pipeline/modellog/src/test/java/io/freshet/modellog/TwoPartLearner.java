package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerReplica;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A learner whose every step changes a few rows of both parts of its state at random, as a function
 * of the step alone.
 */
final class TwoPartLearner {

  private static final long IDS = 50;

  private final ModelLog log;
  private final LearnerReplica now;
  private long step;
  private @Nullable Version tip;
  private HashValue tipHash;
  private long epoch;
  private long number;
  private @Nullable VersionFacts last;

  private TwoPartLearner(ModelLog log, LearnerState state, @Nullable Version tip, HashValue hash) {
    this.log = log;
    this.now = new LearnerReplica(state);
    this.tip = tip;
    this.tipHash = hash;
  }

  static TwoPartLearner start(ModelLog log) {
    TwoPartLearner learner = new TwoPartLearner(log, empty(), null, HashValue.EMPTY);
    learner.epoch = log.claim(null, HashValue.EMPTY);
    learner.number = log.highestNumber();
    learner.now.apply(LearnerDelta.whole(empty()));
    return learner;
  }

  static TwoPartLearner restore(ModelLog log, Cut cut, @Nullable LearnerState saved) {
    Restored restored = log.restore(cut, TwoPartLearner::empty, saved);
    TwoPartLearner learner =
        new TwoPartLearner(
            log,
            restored.drained(),
            restored.onBase() ? cut.version() : null,
            restored.onBase() ? cut.versionHash() : HashValue.EMPTY);
    learner.now.apply(restored.undrained());
    learner.epoch = restored.epoch();
    learner.number = log.highestNumber();
    learner.step = cut.step();
    return learner;
  }

  static LearnerState empty() {
    return new LearnerState(
        new ModelState(List.of(Tensor.zeros("weights", 3)), List.of(new RowTable("rows", 2))),
        new ModelState(List.of(Tensor.zeros("moments", 6)), List.of(new RowTable("rows", 3))));
  }

  LearnerState state() {
    return now.state();
  }

  long step() {
    return step;
  }

  void learn() {
    step++;
    Random random = new Random(step);
    StateDelta serving = changes(now.state().serving(), random);
    StateDelta own = changes(now.state().own(), random);
    now.apply(
        new LearnerDelta(
            serving,
            own,
            now.state().serving().hashAfter(serving, now.servingHash()),
            now.state().own().hashAfter(own, now.learnerHash())));
  }

  private static StateDelta changes(ModelState state, Random random) {
    Tensor tensor = state.tensors().values().iterator().next().copy();
    tensor.data()[random.nextInt(tensor.data().length)] = random.nextFloat();
    RowTable table = state.table("rows");
    long id = random.nextInt((int) IDS);
    long gone = IDS + random.nextInt((int) IDS);
    long come = IDS + random.nextInt((int) IDS);
    float[] values = new float[(come == gone ? 1 : 2) * table.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new StateDelta(
        List.of(tensor),
        List.of(
            new StateDelta.Rows(
                "rows",
                table.width(),
                come == gone ? new long[] {id} : new long[] {id, come},
                values,
                new long[] {gone})));
  }

  VersionFacts publish() {
    LearnerDelta delta = now.drain();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows", (long) now.state().serving().table("rows").size());
    VersionFacts facts =
        new VersionFacts(
            new Version(epoch, ++number),
            tip,
            tipHash,
            delta.servingHash(),
            step,
            step,
            counts,
            Map.of(),
            Map.of(),
            "passed",
            "{}",
            7,
            "script 1",
            "test");
    log.publish(facts, delta);
    tip = facts.version();
    tipHash = facts.stateHash();
    last = facts;
    return facts;
  }

  void anchor() {
    VersionFacts facts = last;
    if (facts == null) {
      throw new IllegalStateException("an anchor needs a published version");
    }
    log.anchor(facts, now.state().copy());
  }

  Cut cut() {
    LearnerDelta undrained = now.drain();
    now.apply(undrained); // what it changed counts as undrained still
    return log.cut(undrained, step);
  }
}
