package io.freshet.learning.table;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What changed in a serving state since the last drain, and the hash of the state as of then. Both
 * cost what changed and not what exists.
 */
public final class ServingChanges {

  private final ModelState state;
  private final StateHash running = new StateHash();
  private final TreeSet<String> changedTensors = new TreeSet<>();
  private final Map<String, ChangedRows> tables = new LinkedHashMap<>();
  private HashValue drained = HashValue.EMPTY;

  /**
   * Nothing of {@code state} was ever drained: its tensors count as changed; its tables must still
   * be empty.
   */
  public ServingChanges(ModelState state) {
    this.state = state;
    changedTensors.addAll(state.tensors().keySet());
    for (RowTable table : state.tables().values()) {
      tables.put(table.name(), new ChangedRows(table, running));
    }
  }

  /** To be called before the floats of {@code tensor} change. */
  public void touch(Tensor tensor) {
    if (changedTensors.add(tensor.name())) {
      running.subtractTensor(tensor);
    }
  }

  public ChangedRows rows(RowTable table) {
    ChangedRows rows = tables.get(table.name());
    if (rows == null) {
      throw new IllegalArgumentException(
          "no table %s, there are %s".formatted(table.name(), tables.keySet()));
    }
    return rows;
  }

  /** What changed, sorted by name and id. */
  public StateDelta drain() {
    List<Tensor> tensors = new ArrayList<>();
    for (String name : changedTensors) {
      Tensor tensor = state.tensor(name);
      running.addTensor(tensor);
      tensors.add(tensor.copy());
    }
    changedTensors.clear();
    List<StateDelta.Rows> rows = new ArrayList<>();
    for (ChangedRows table : tables.values()) {
      if (!table.isEmpty()) {
        rows.add(table.drain());
      }
    }
    drained = running.value();
    return new StateDelta(tensors, rows);
  }

  /** The hash of the whole state as of the last drain. */
  public HashValue hash() {
    return drained;
  }

  public void save(DataOutput out) throws IOException {
    write(drained, out);
    write(running.value(), out);
    out.writeInt(changedTensors.size());
    for (String name : changedTensors) {
      out.writeUTF(name);
    }
    for (ChangedRows table : tables.values()) {
      table.save(out);
    }
  }

  /** Restores what {@link #save} wrote, over a state that is already the saved one. */
  public void load(DataInput in) throws IOException {
    drained = read(in);
    running.reset(read(in));
    changedTensors.clear();
    for (int n = in.readInt(); n > 0; n--) {
      changedTensors.add(in.readUTF());
    }
    for (ChangedRows table : tables.values()) {
      table.load(in);
    }
  }

  private static void write(HashValue hash, DataOutput out) throws IOException {
    out.writeLong(hash.high());
    out.writeLong(hash.low());
  }

  private static HashValue read(DataInput in) throws IOException {
    return new HashValue(in.readLong(), in.readLong());
  }
}
