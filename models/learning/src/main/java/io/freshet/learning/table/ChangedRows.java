package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What changed in one table since the last drain. Whoever changes a row says so before; the row's
 * old hash then leaves the running hash, and the new one enters it at the drain, however often the
 * row changed in between.
 */
public final class ChangedRows {

  private final RowTable table;
  private final StateHash hash;

  /** Rows that changed, or are new. */
  private final BitSet changed = new BitSet();

  /** Rows that readers have not seen yet. */
  private final BitSet unknown = new BitSet();

  /** Ids that readers have and the table has not. */
  private final LongOpenHashSet removed = new LongOpenHashSet();

  ChangedRows(RowTable table, StateHash hash) {
    this.table = table;
    this.hash = hash;
  }

  /** To be called before the floats of {@code row} change. */
  public void touch(int row) {
    if (!changed.get(row)) {
      subtract(row);
      changed.set(row);
    }
  }

  /** The row of {@code id}, inserted where there was none; its floats may then change. */
  public int touchOrInsert(long id) {
    int row = table.find(id);
    if (row >= 0) {
      touch(row);
      return row;
    }
    row = table.findOrInsert(id);
    changed.set(row);
    if (!removed.remove(id)) {
      unknown.set(row);
    }
    return row;
  }

  /** Removes a row from the table. */
  void remove(int row) {
    long id = table.idOf(row);
    if (!changed.get(row)) {
      subtract(row);
    }
    if (!unknown.get(row)) {
      removed.add(id);
    }
    changed.clear(row);
    unknown.clear(row);
    table.remove(id);
  }

  boolean isEmpty() {
    return changed.isEmpty() && removed.isEmpty();
  }

  StateDelta.Rows drain() {
    int width = table.width();
    long[] ids = changedIds();
    float[] values = new float[Math.multiplyExact(ids.length, width)];
    for (int i = 0; i < ids.length; i++) {
      int row = table.find(ids[i]);
      System.arraycopy(table.values(row), table.valueOffset(row), values, i * width, width);
      hash.addRow(table.name(), ids[i], values, i * width, width);
    }
    long[] gone = sorted(removed.toLongArray());
    changed.clear();
    unknown.clear();
    removed.clear();
    return new StateDelta.Rows(table.name(), width, ids, values, gone);
  }

  void save(DataOutput out) throws IOException {
    long[] ids = changedIds();
    out.writeInt(ids.length);
    for (long id : ids) {
      out.writeLong(id);
      out.writeBoolean(unknown.get(table.find(id)));
    }
    long[] gone = sorted(removed.toLongArray());
    out.writeInt(gone.length);
    for (long id : gone) {
      out.writeLong(id);
    }
  }

  void load(DataInput in) throws IOException {
    for (int n = in.readInt(); n > 0; n--) {
      int row = table.find(in.readLong());
      changed.set(row);
      unknown.set(row, in.readBoolean());
    }
    for (int n = in.readInt(); n > 0; n--) {
      removed.add(in.readLong());
    }
  }

  private long[] changedIds() {
    return sorted(changed.stream().mapToLong(table::idOf).toArray());
  }

  private static long[] sorted(long[] ids) {
    for (int i = 0; i < ids.length; i++) {
      ids[i] ^= Long.MIN_VALUE;
    }
    Arrays.sort(ids);
    for (int i = 0; i < ids.length; i++) {
      ids[i] ^= Long.MIN_VALUE;
    }
    return ids;
  }

  private void subtract(int row) {
    hash.subtractRow(
        table.name(), table.idOf(row), table.values(row), table.valueOffset(row), table.width());
  }
}
