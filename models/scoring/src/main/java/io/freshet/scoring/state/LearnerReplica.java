package io.freshet.scoring.state;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A second copy of a learner's state, kept true by the deltas that the learner drains, which a
 * learner may be resumed from. Each delta costs what it holds. What several deltas changed can be
 * drained from here as one. Not thread-safe.
 */
public final class LearnerReplica {

  private final LearnerState state;
  private final Half serving;
  private final Half own;

  /**
   * @param state belongs to the replica from now on; all of it counts as drained
   */
  public LearnerReplica(LearnerState state) {
    this.state = state;
    this.serving = new Half(state.serving());
    this.own = new Half(state.own());
  }

  /** The state in place: valid until the next delta. */
  public LearnerState state() {
    return state;
  }

  public HashValue servingHash() {
    return serving.hash.value();
  }

  public HashValue learnerHash() {
    return own.hash.value();
  }

  /**
   * @throws IllegalArgumentException if the delta does not fit, or this memory does not come out
   *     with its hashes; the replica is useless then
   */
  public void apply(LearnerDelta delta) {
    serving.apply(delta.serving());
    own.apply(delta.own());
    require("serving state", delta.servingHash(), servingHash());
    require("learner's own state", delta.learnerHash(), learnerHash());
  }

  private static void require(String what, HashValue expected, HashValue actual) {
    if (!expected.equals(actual)) {
      throw new IllegalArgumentException(
          "a replica's %s must have hash %s after a delta, it has %s"
              .formatted(what, expected, actual));
    }
  }

  /** What all deltas since the last call of this method changed, together. */
  public LearnerDelta drain() {
    return new LearnerDelta(serving.drain(), own.drain(), servingHash(), learnerHash());
  }

  private static final class Half {

    private final ModelState state;
    private final StateHash hash = new StateHash();
    private final TreeSet<String> tensors = new TreeSet<>();
    private final Map<String, LongOpenHashSet> touched = new TreeMap<>();

    Half(ModelState state) {
      this.state = state;
      hash.reset(state.computeHash());
    }

    void apply(StateDelta delta) {
      state.apply(delta, hash);
      delta.tensors().forEach(tensor -> tensors.add(tensor.name()));
      for (StateDelta.Rows rows : delta.tables()) {
        LongOpenHashSet ids = touched.computeIfAbsent(rows.table(), table -> new LongOpenHashSet());
        for (long id : rows.ids()) {
          ids.add(id);
        }
        for (long id : rows.removed()) {
          ids.add(id);
        }
      }
    }

    StateDelta drain() {
      StateDelta all = new StateDelta(new ArrayList<>(), new ArrayList<>());
      tensors.forEach(name -> all.tensors().add(state.tensor(name).copy()));
      touched.forEach((table, ids) -> all.tables().add(rows(state.table(table), ids)));
      tensors.clear();
      touched.clear();
      return all;
    }

    private static StateDelta.Rows rows(RowTable table, LongOpenHashSet touched) {
      long[] here = touched.longStream().filter(id -> table.find(id) >= 0).toArray();
      long[] gone = touched.longStream().filter(id -> table.find(id) < 0).toArray();
      return StateDelta.Rows.of(table, UnsignedIds.sort(here), UnsignedIds.sort(gone));
    }
  }
}
