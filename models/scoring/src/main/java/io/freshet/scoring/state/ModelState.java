package io.freshet.scoring.state;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that scoring needs of one version: dense tensors (weights, statistics, calibrator) and
 * tables. Tensors and tables are those of the model's layout; deltas change their values and rows,
 * never which there are. Not thread-safe.
 */
public final class ModelState {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, RowTable> tables = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if two tensors or two tables have one name
   */
  public ModelState(Collection<Tensor> tensors, Collection<RowTable> tables) {
    tensors.forEach(tensor -> put(this.tensors, tensor.name(), tensor));
    tables.forEach(table -> put(this.tables, table.name(), table));
  }

  private static <T> void put(Map<String, T> into, String name, T value) {
    if (into.put(name, value) != null) {
      throw new IllegalArgumentException(
          "names of a state's tensors and tables must be distinct, got %s twice".formatted(name));
    }
  }

  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  public Map<String, RowTable> tables() {
    return Collections.unmodifiableMap(tables);
  }

  /**
   * @throws IllegalArgumentException if there is no such tensor
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no tensor %s, there are %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /**
   * @throws IllegalArgumentException if there is no such table
   */
  public RowTable table(String name) {
    RowTable table = tables.get(name);
    if (table == null) {
      throw new IllegalArgumentException(
          "no table %s, there are %s".formatted(name, tables.keySet()));
    }
    return table;
  }

  /**
   * Applies a delta in place and keeps {@code hash} true to this memory: it subtracts what lies
   * here, writes, and adds what it reads back, never what the delta says.
   *
   * @throws IllegalArgumentException before anything changed, if the delta does not fit this
   *     state's layout
   */
  public void apply(StateDelta delta, StateHash hash) {
    check(delta);
    for (Tensor changed : delta.tensors()) {
      Tensor mine = tensor(changed.name());
      hash.subtractTensor(mine);
      System.arraycopy(changed.data(), 0, mine.data(), 0, mine.data().length);
      hash.addTensor(mine);
    }
    for (StateDelta.Rows rows : delta.tables()) {
      apply(table(rows.table()), rows, hash);
    }
  }

  private static void apply(RowTable table, StateDelta.Rows rows, StateHash hash) {
    int width = table.width();
    for (long id : rows.removed()) {
      int row = table.find(id);
      if (row >= 0) {
        hash.subtractRow(table.name(), id, table.values(row), table.valueOffset(row), width);
        table.remove(id);
      }
    }
    for (int i = 0; i < rows.ids().length; i++) {
      long id = rows.ids()[i];
      int row = table.find(id);
      if (row >= 0) {
        hash.subtractRow(table.name(), id, table.values(row), table.valueOffset(row), width);
      } else {
        row = table.findOrInsert(id);
      }
      System.arraycopy(rows.values(), i * width, table.values(row), table.valueOffset(row), width);
      hash.addRow(table.name(), id, table.values(row), table.valueOffset(row), width);
    }
  }

  /**
   * The hash that this state would have after a delta; nothing changes.
   *
   * @param now its present hash
   * @throws IllegalArgumentException if the delta does not fit this state's layout
   */
  public HashValue hashAfter(StateDelta delta, HashValue now) {
    check(delta);
    StateHash hash = new StateHash();
    hash.reset(now);
    for (Tensor changed : delta.tensors()) {
      hash.subtractTensor(tensor(changed.name()));
      hash.addTensor(changed);
    }
    for (StateDelta.Rows rows : delta.tables()) {
      RowTable table = table(rows.table());
      for (long id : rows.removed()) {
        subtract(table, id, hash);
      }
      for (int i = 0; i < rows.ids().length; i++) {
        subtract(table, rows.ids()[i], hash);
        hash.addRow(table.name(), rows.ids()[i], rows.values(), i * table.width(), table.width());
      }
    }
    return hash.value();
  }

  private static void subtract(RowTable table, long id, StateHash hash) {
    int row = table.find(id);
    if (row >= 0) {
      hash.subtractRow(table.name(), id, table.values(row), table.valueOffset(row), table.width());
    }
  }

  private void check(StateDelta delta) {
    for (Tensor changed : delta.tensors()) {
      Tensor mine = tensor(changed.name());
      if (!Arrays.equals(mine.shape(), changed.shape())) {
        throw new IllegalArgumentException(
            "tensor %s must have shape %s, the delta has %s"
                .formatted(
                    mine.name(), Arrays.toString(mine.shape()), Arrays.toString(changed.shape())));
      }
    }
    for (StateDelta.Rows rows : delta.tables()) {
      int width = table(rows.table()).width();
      if (rows.width() != width || rows.values().length != (long) rows.ids().length * width) {
        throw new IllegalArgumentException(
            "table %s must have rows of %d floats, the delta has %d rows, %d floats, width %d"
                .formatted(
                    rows.table(), width, rows.ids().length, rows.values().length, rows.width()));
      }
    }
  }

  /** The hash of this memory, computed anew over all of it. */
  public HashValue computeHash() {
    StateHash hash = new StateHash();
    tensors.values().forEach(hash::addTensor);
    for (RowTable table : tables.values()) {
      table.forEach(
          (id, row) ->
              hash.addRow(
                  table.name(), id, table.values(row), table.valueOffset(row), table.width()));
    }
    return hash.value();
  }

  /** A copy that shares nothing with this state; tables come without slots. */
  public ModelState copy() {
    return new ModelState(
        tensors.values().stream().map(Tensor::copy).toList(),
        tables.values().stream().map(RowTable::copyServing).toList());
  }
}
