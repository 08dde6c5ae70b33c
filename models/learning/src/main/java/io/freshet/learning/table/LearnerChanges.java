package io.freshet.learning.table;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A learner's state in its two parts, what changed in them since the last drain, and their hashes
 * as of then. All of it costs what changed and not what exists.
 *
 * <p>The serving part is there from the start. The components of a learner declare the own part as
 * they are made: tensors ({@link #ownTensor}), doubles and longs ({@link #ownNumbers}), tables that
 * readers never see ({@link #ownRows}); the slots of the serving tables belong to it by themselves.
 * What is declared is drained, hashed and resumed, and nothing else is.
 */
public final class LearnerChanges {

  /** 64-bit numbers that a component keeps in fields of its own. */
  public interface Numbers {

    /** How many there are, always. */
    int count();

    /** Writes all of them by {@link ExactNumbers}, from index 0 on. */
    void write(float[] into);

    /** Takes over what {@link #write} wrote. */
    void read(float[] from);
  }

  private record OwnNumbers(Tensor tensor, Numbers numbers, float[] scratch) {}

  private final ModelState state;
  private final ChangedTensors serving;
  private final ChangedTensors own = new ChangedTensors();
  private final List<OwnNumbers> numbers = new ArrayList<>();
  private final Map<String, ChangedRows> tables = new LinkedHashMap<>();
  private HashValue servingHash = HashValue.EMPTY;
  private HashValue learnerHash = HashValue.EMPTY;
  private HashValue markedServing = HashValue.EMPTY;
  private HashValue markedOwn = HashValue.EMPTY;

  /**
   * Nothing of {@code state} was ever drained: its tensors count as changed; its tables must still
   * be empty.
   */
  public LearnerChanges(ModelState state) {
    this.state = state;
    this.serving = new ChangedTensors();
    state.tensors().values().forEach(serving::declare);
    for (RowTable table : state.tables().values()) {
      StateHash slots = table.slotWidth() > 0 ? own.running() : null;
      tables.put(table.name(), new ChangedRows(table, serving.running(), slots));
    }
  }

  /** Declares a tensor of zeros of the learner's own state. */
  public Tensor ownTensor(String name, int... shape) {
    Tensor tensor = Tensor.zeros(name, shape);
    own.declare(tensor);
    return tensor;
  }

  /** Declares numbers of the learner's own state. Nobody need say when they change. */
  public void ownNumbers(String name, Numbers source) {
    Tensor tensor = ownTensor(name, source.count(), ExactNumbers.FLOATS);
    numbers.add(new OwnNumbers(tensor, source, new float[tensor.data().length]));
  }

  /** Declares doubles of the learner's own state, which their component keeps in this array. */
  public void ownDoubles(String name, double[] doubles) {
    ownNumbers(
        name,
        new Numbers() {
          @Override
          public int count() {
            return doubles.length;
          }

          @Override
          public void write(float[] into) {
            ExactNumbers.write(doubles, into);
          }

          @Override
          public void read(float[] from) {
            ExactNumbers.read(doubles, from);
          }
        });
  }

  /**
   * Declares a table of the learner's own state, whose rows are the <em>slots</em> of {@code
   * table}; its values belong to nothing.
   */
  public ChangedRows ownRows(RowTable table) {
    ChangedRows rows = new ChangedRows(table, null, own.running());
    if (tables.put(table.name(), rows) != null) {
      throw new IllegalArgumentException(
          "names of a learner's tables must be distinct, got %s twice".formatted(table.name()));
    }
    return rows;
  }

  /** To be called before the floats of a tensor of the serving state change. */
  public void touch(Tensor tensor) {
    serving.touch(tensor);
  }

  /** To be called before the floats of a tensor of the learner's own state change. */
  public void touchOwn(Tensor tensor) {
    own.touch(tensor);
  }

  /** The changes of a table of the serving state, its slots included. */
  public ChangedRows rows(RowTable table) {
    ChangedRows rows = tables.get(table.name());
    if (rows == null) {
      throw new IllegalArgumentException(
          "no table %s, there are %s".formatted(table.name(), tables.keySet()));
    }
    return rows;
  }

  /** What changed since the last drain, sorted by name and id; the hashes then cover it. */
  public LearnerDelta drain() {
    refreshNumbers();
    LearnerDelta delta = changes(serving.running(), own.running());
    serving.clear();
    own.clear();
    tables.values().forEach(ChangedRows::clear);
    servingHash = delta.servingHash();
    learnerHash = delta.learnerHash();
    return delta;
  }

  /** What {@link #drain} would give, and nothing happens. */
  public LearnerDelta undrained() {
    refreshNumbers();
    return changes(copy(serving.running()), copy(own.running()));
  }

  private static StateHash copy(StateHash running) {
    StateHash copy = new StateHash();
    copy.reset(running.value());
    return copy;
  }

  private LearnerDelta changes(StateHash servingInto, StateHash ownInto) {
    List<Tensor> servingTensors = serving.copies(servingInto);
    List<Tensor> ownTensors = own.copies(ownInto);
    List<StateDelta.Rows> servingRows = new ArrayList<>();
    List<StateDelta.Rows> ownRows = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (!table.isEmpty()) {
        add(table.serving(servingInto), servingRows);
        add(table.own(ownInto), ownRows);
      }
    }
    return new LearnerDelta(
        new StateDelta(servingTensors, servingRows),
        new StateDelta(ownTensors, ownRows),
        servingInto.value(),
        ownInto.value());
  }

  private static void add(StateDelta.@Nullable Rows rows, List<StateDelta.Rows> to) {
    if (rows != null) {
      to.add(rows);
    }
  }

  private void refreshNumbers() {
    for (OwnNumbers some : numbers) {
      some.numbers().write(some.scratch());
      if (!java.util.Arrays.equals(some.scratch(), some.tensor().data())) {
        own.touch(some.tensor());
        System.arraycopy(some.scratch(), 0, some.tensor().data(), 0, some.scratch().length);
      }
    }
  }

  /** The hash of the whole serving state as of the last drain. */
  public HashValue servingHash() {
    return servingHash;
  }

  /** The hash of the whole of the learner's own state as of the last drain. */
  public HashValue learnerHash() {
    return learnerHash;
  }

  /** A copy of both parts as they are now. */
  public LearnerState snapshot() {
    refreshNumbers();
    List<RowTable> ownTables = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (table.table().slotWidth() > 0) {
        ownTables.add(table.table().copySlots());
      }
    }
    return new LearnerState(
        state.copy(), new ModelState(own.all().stream().map(Tensor::copy).toList(), ownTables));
  }

  /** Both parts as they are before anything was learnt: all zero and empty. */
  public LearnerState emptyState() {
    List<RowTable> ownTables = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (table.table().slotWidth() > 0) {
        ownTables.add(new RowTable(table.table().name(), table.table().slotWidth()));
      }
    }
    return new LearnerState(
        new ModelState(
            serving.zeros(),
            state.tables().values().stream()
                .map(table -> new RowTable(table.name(), table.width()))
                .toList()),
        new ModelState(own.zeros(), ownTables));
  }

  /**
   * Fills this new learner's memory, whose tables are empty.
   *
   * @param drained the state at the last drain
   * @param undrained what changed since
   * @throws IllegalArgumentException if they do not fit the learner, or do not come out with the
   *     hashes of {@code undrained}
   */
  public void load(LearnerState drained, LearnerDelta undrained) {
    serving.load(drained.serving());
    own.load(drained.own());
    for (ChangedRows table : tables.values()) {
      table.load(drained.serving(), drained.own());
    }
    servingHash = drained.serving().computeHash();
    learnerHash = drained.own().computeHash();
    serving.running().reset(servingHash);
    own.running().reset(learnerHash);
    undrained.serving().tensors().forEach(serving::change);
    undrained.own().tensors().forEach(own::change);
    undrained.serving().tables().forEach(rows -> known(rows).changeValues(rows));
    undrained.own().tables().forEach(rows -> known(rows).changeSlots(rows));
    numbers.forEach(some -> some.numbers().read(some.tensor().data()));
    LearnerDelta loaded = undrained();
    require("serving state", undrained.servingHash(), loaded.servingHash());
    require("own state", undrained.learnerHash(), loaded.learnerHash());
  }

  private ChangedRows known(StateDelta.Rows rows) {
    ChangedRows table = tables.get(rows.table());
    if (table == null) {
      throw new IllegalArgumentException(
          "no table %s, there are %s".formatted(rows.table(), tables.keySet()));
    }
    return table;
  }

  private static void require(String what, HashValue expected, HashValue actual) {
    if (!expected.equals(actual)) {
      throw new IllegalArgumentException(
          "a learner's %s must have hash %s, it has %s".formatted(what, expected, actual));
    }
  }

  /** The first number of the serving state that is none, among what changed since the drain. */
  public @Nullable String notFinite() {
    String problem = serving.notFinite();
    for (ChangedRows table : tables.values()) {
      problem = problem == null ? table.notFinite() : problem;
    }
    return problem;
  }

  /** Marks the present state; from now on what is replaced is kept. */
  public void mark() {
    LearnerDelta now = undrained();
    markedServing = now.servingHash();
    markedOwn = now.learnerHash();
    serving.mark();
    own.mark();
    tables.values().forEach(table -> table.marks().mark());
  }

  /**
   * Marks the state that {@code wayBack} leads to from the present one.
   *
   * @throws IllegalArgumentException if it does not fit the learner
   */
  public void mark(LearnerDelta wayBack) {
    serving.mark(wayBack.serving().tensors());
    own.mark(wayBack.own().tensors());
    tables.values().forEach(table -> table.marks().mark());
    wayBack.serving().tables().forEach(rows -> known(rows).marks().addValues(rows));
    wayBack.own().tables().forEach(rows -> known(rows).marks().addSlots(rows));
    markedServing = wayBack.servingHash();
    markedOwn = wayBack.learnerHash();
  }

  /** What {@link #goBack} would write: sorted by name and id, with the marked state's hashes. */
  public LearnerDelta wayBack() {
    refreshNumbers();
    List<StateDelta.Rows> servingRows = new ArrayList<>();
    List<StateDelta.Rows> ownRows = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (!table.marks().isEmpty()) {
        add(table.marks().values(), servingRows);
        add(table.marks().slots(), ownRows);
      }
    }
    return new LearnerDelta(
        new StateDelta(serving.wayBack(), servingRows),
        new StateDelta(own.wayBack(), ownRows),
        markedServing,
        markedOwn);
  }

  /** The serving state where it may be another than the marked one. */
  public StateDelta sinceMark() {
    List<StateDelta.Rows> rows = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (!table.marks().isEmpty()) {
        add(table.marks().now(), rows);
      }
    }
    return new StateDelta(serving.sinceMark(), rows);
  }

  /**
   * Takes over a whole state; costs what exists.
   *
   * @throws IllegalArgumentException if it does not fit the learner, or the memory does not come
   *     out with its hashes
   */
  public void become(LearnerState to) {
    refreshNumbers();
    serving.become(to.serving());
    own.become(to.own());
    tables.values().forEach(table -> table.become(to.serving(), to.own()));
    numbers.forEach(some -> some.numbers().read(some.tensor().data()));
    LearnerDelta now = undrained();
    require("new serving state", to.serving().computeHash(), now.servingHash());
    require("new own state", to.own().computeHash(), now.learnerHash());
  }

  /**
   * Goes back to the marked state, which stays marked.
   *
   * @throws IllegalArgumentException if the memory does not come out with the hashes of then
   */
  public void goBack() {
    refreshNumbers();
    serving.goBack();
    own.goBack();
    tables.values().forEach(ChangedRows::goBack);
    numbers.forEach(some -> some.numbers().read(some.tensor().data()));
    LearnerDelta back = undrained();
    require("marked serving state", markedServing, back.servingHash());
    require("marked own state", markedOwn, back.learnerHash());
  }
}
