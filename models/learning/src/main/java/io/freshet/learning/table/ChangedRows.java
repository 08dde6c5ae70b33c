package io.freshet.learning.table;

import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.UnsignedIds;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What changed in one table since the last drain: in the values of its rows, which belong to the
 * serving state, and in their slots, which belong to the learner's own. Whoever changes either says
 * so before; the row's old hashes then leave the running ones, and the new ones enter them at the
 * drain, however often the row changed in between.
 */
public final class ChangedRows {

  private final RowTable table;
  private final @Nullable StateHash servingHash;
  private final @Nullable StateHash ownHash;

  /** Rows that changed, or are new. */
  private final BitSet changed = new BitSet();

  /** Rows that were not there at the last drain. */
  private final BitSet unknown = new BitSet();

  /** Ids that were there at the last drain and are not now. */
  private final LongOpenHashSet removed = new LongOpenHashSet();

  private final RowMarks marks;

  /**
   * @param servingHash of what the values belong to; null when they belong to nothing
   * @param ownHash of what the slots belong to; null when there are none
   */
  ChangedRows(RowTable table, @Nullable StateHash servingHash, @Nullable StateHash ownHash) {
    this.table = table;
    this.servingHash = servingHash;
    this.ownHash = ownHash;
    this.marks = new RowMarks(table, servingHash != null, ownHash != null);
  }

  RowTable table() {
    return table;
  }

  /** To be called before the floats of {@code row} change, its slots included. */
  public void touch(int row) {
    marks.changes(row);
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
    marks.inserted(id, row);
    changed.set(row);
    if (!removed.remove(id)) {
      unknown.set(row);
    }
    return row;
  }

  /** Removes a row from the table. */
  public void remove(int row) {
    long id = table.idOf(row);
    marks.goes(row);
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

  /**
   * What changed in the values; the new rows enter {@code into}, which stands where the running
   * hash does.
   */
  StateDelta.@Nullable Rows serving(StateHash into) {
    return servingHash == null ? null : rows(into, false);
  }

  /** What changed in the slots, as {@link #serving}. */
  StateDelta.@Nullable Rows own(StateHash into) {
    return ownHash == null ? null : rows(into, true);
  }

  private StateDelta.Rows rows(StateHash into, boolean slots) {
    int width = slots ? table.slotWidth() : table.width();
    long[] ids = UnsignedIds.sort(changed.stream().mapToLong(table::idOf).toArray());
    float[] floats = new float[Math.multiplyExact(ids.length, width)];
    for (int i = 0; i < ids.length; i++) {
      int row = table.find(ids[i]);
      if (slots) {
        System.arraycopy(table.slots(row), table.slotOffset(row), floats, i * width, width);
      } else {
        System.arraycopy(table.values(row), table.valueOffset(row), floats, i * width, width);
      }
      into.addRow(table.name(), ids[i], floats, i * width, width);
    }
    return new StateDelta.Rows(
        table.name(), width, ids, floats, UnsignedIds.sort(removed.toLongArray()));
  }

  /** Nothing has changed any more. */
  void clear() {
    changed.clear();
    unknown.clear();
    removed.clear();
  }

  /**
   * Fills an empty table with the rows of a state; they count as drained, the hashes are set apart.
   */
  void load(ModelState serving, ModelState own) {
    if (servingHash != null) {
      RowTable from = serving.table(table.name());
      from.forEach((id, row) -> copyValues(from, row, table.findOrInsert(id)));
    }
    if (ownHash != null) {
      RowTable from = own.table(table.name());
      from.forEach((id, row) -> copySlots(from, row, table.findOrInsert(id)));
      requireRows(from.size());
    }
    if (servingHash != null) {
      requireRows(serving.table(table.name()).size());
    }
  }

  private void requireRows(int rows) {
    if (rows != table.size()) {
      throw new IllegalArgumentException(
          "table %s must have the same rows in both parts of a learner's state, it has %d of %d"
              .formatted(table.name(), rows, table.size()));
    }
  }

  /**
   * Takes over the values of rows that changed; the table's slots follow by {@link #changeSlots}.
   */
  void changeValues(StateDelta.Rows rows) {
    removeAll(rows);
    for (int i = 0; i < rows.ids().length; i++) {
      int row = touchOrInsert(rows.ids()[i]);
      System.arraycopy(
          rows.values(), i * rows.width(), table.values(row), table.valueOffset(row), rows.width());
    }
  }

  void changeSlots(StateDelta.Rows rows) {
    removeAll(rows);
    for (int i = 0; i < rows.ids().length; i++) {
      int row = touchOrInsert(rows.ids()[i]);
      System.arraycopy(
          rows.values(), i * rows.width(), table.slots(row), table.slotOffset(row), rows.width());
    }
  }

  private void removeAll(StateDelta.Rows rows) {
    for (long id : rows.removed()) {
      int row = table.find(id);
      if (row >= 0) {
        remove(row);
      }
    }
  }

  /** Takes over the rows of a state, whose parts must have the same rows. */
  void become(ModelState serving, ModelState own) {
    RowTable values = servingHash == null ? null : serving.table(table.name());
    RowTable slots = ownHash == null ? null : own.table(table.name());
    RowTable any = values == null ? slots : values;
    if (any == null) {
      return;
    }
    for (long id : table.sortedIds()) {
      if (any.find(id) < 0) {
        remove(table.find(id));
      }
    }
    for (long id : any.sortedIds()) {
      int row = table.find(id);
      if (row < 0
          || (values != null && !sameValues(values, values.find(id), row))
          || (slots != null && !sameSlots(slots, slots.find(id), row))) {
        row = touchOrInsert(id);
        if (values != null) {
          copyValues(values, values.find(id), row);
        }
        if (slots != null) {
          copySlots(slots, slots.find(id), row);
        }
      }
    }
  }

  private boolean sameValues(RowTable other, int otherRow, int row) {
    int from = other.valueOffset(otherRow);
    int mine = table.valueOffset(row);
    return Arrays.equals(
        other.values(otherRow),
        from,
        from + table.width(),
        table.values(row),
        mine,
        mine + table.width());
  }

  private boolean sameSlots(RowTable other, int otherRow, int row) {
    int from = other.valueOffset(otherRow);
    int mine = table.slotOffset(row);
    return Arrays.equals(
        other.values(otherRow),
        from,
        from + table.slotWidth(),
        table.slots(row),
        mine,
        mine + table.slotWidth());
  }

  RowMarks marks() {
    return marks;
  }

  /** Brings the marked rows back. */
  void goBack() {
    marks.takeAll(this::bringBack);
  }

  private void bringBack(long id, float @Nullable [] floats) {
    int row = table.find(id);
    if (floats == null) {
      if (row >= 0) {
        remove(row);
      }
      return;
    }
    row = touchOrInsert(id);
    int width = servingHash == null ? 0 : table.width();
    System.arraycopy(floats, 0, table.values(row), table.valueOffset(row), width);
    if (ownHash != null) {
      System.arraycopy(floats, width, table.slots(row), table.slotOffset(row), table.slotWidth());
    }
  }

  /** A number that is none in a row that changed, of the smallest id; null where all are finite. */
  @Nullable String notFinite() {
    if (servingHash == null) {
      return null;
    }
    long smallest = 0;
    String problem = null;
    for (int row = changed.nextSetBit(0); row >= 0; row = changed.nextSetBit(row + 1)) {
      float[] values = table.values(row);
      int from = table.valueOffset(row);
      long id = table.idOf(row);
      for (int i = from; i < from + table.width(); i++) {
        if (!Float.isFinite(values[i])
            && (problem == null || Long.compareUnsigned(id, smallest) < 0)) {
          smallest = id;
          problem = "row %016x of table %s holds %s".formatted(id, table.name(), values[i]);
        }
      }
    }
    return problem;
  }

  private void copyValues(RowTable from, int fromRow, int row) {
    System.arraycopy(
        from.values(fromRow),
        from.valueOffset(fromRow),
        table.values(row),
        table.valueOffset(row),
        table.width());
  }

  private void copySlots(RowTable from, int fromRow, int row) {
    System.arraycopy(
        from.values(fromRow),
        from.valueOffset(fromRow),
        table.slots(row),
        table.slotOffset(row),
        table.slotWidth());
  }

  private void subtract(int row) {
    long id = table.idOf(row);
    if (servingHash != null) {
      servingHash.subtractRow(
          table.name(), id, table.values(row), table.valueOffset(row), table.width());
    }
    if (ownHash != null) {
      ownHash.subtractRow(
          table.name(), id, table.slots(row), table.slotOffset(row), table.slotWidth());
    }
  }
}
