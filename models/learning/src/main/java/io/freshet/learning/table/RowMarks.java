package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.UnsignedIds;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a table held at a mark, of those that may hold something else now: kept before a
 * row's first change since, so that cost and memory follow what changes. Keeps nothing before the
 * first mark.
 */
final class RowMarks {

  /** Stands for a row that was not there. */
  private static final float[] ABSENT = new float[0];

  /** Takes a row as it was; null where it was not there. */
  @FunctionalInterface
  interface Before {
    void row(long id, float @Nullable [] floats);
  }

  private final RowTable table;
  private final int width;
  private final int slotWidth;

  /** Values, then slots, by id. */
  private Long2ObjectOpenHashMap<float[]> before = new Long2ObjectOpenHashMap<>();

  /** Rows whose id is among {@link #before}. */
  private final BitSet kept = new BitSet();

  private boolean marked;

  /**
   * @param values whether the rows' values belong to the state
   * @param slots whether their slots do
   */
  RowMarks(RowTable table, boolean values, boolean slots) {
    this.table = table;
    this.width = values ? table.width() : 0;
    this.slotWidth = slots ? table.slotWidth() : 0;
  }

  void mark() {
    before = new Long2ObjectOpenHashMap<>();
    kept.clear();
    marked = true;
  }

  /** To be called before a row changes. */
  void changes(int row) {
    if (marked && !kept.get(row)) {
      kept.set(row);
      long id = table.idOf(row);
      if (!before.containsKey(id)) {
        before.put(id, floats(row));
      }
    }
  }

  /** To be called when a row has come. */
  void inserted(long id, int row) {
    if (marked) {
      kept.set(row);
      before.putIfAbsent(id, ABSENT);
    }
  }

  /** To be called before a row goes. */
  void goes(int row) {
    changes(row);
    kept.clear(row);
  }

  private float[] floats(int row) {
    float[] floats = new float[width + slotWidth];
    System.arraycopy(table.values(row), table.valueOffset(row), floats, 0, width);
    System.arraycopy(table.slots(row), table.slotOffset(row), floats, width, slotWidth);
    return floats;
  }

  /** Hands over every row as it was, by ascending id, and then has the mark where that leads. */
  void takeAll(Before reader) {
    Long2ObjectOpenHashMap<float[]> all = before;
    marked = false;
    for (long id : UnsignedIds.sort(all.keySet().toLongArray())) {
      float[] floats = all.get(id);
      reader.row(id, floats == ABSENT ? null : floats);
    }
    mark();
  }

  boolean isEmpty() {
    return before.isEmpty();
  }

  /** The values as they were; null where the table has none in the state. */
  StateDelta.@Nullable Rows values() {
    return width == 0 ? null : rows(0, width);
  }

  /** The slots as they were; null where the table has none in the state. */
  StateDelta.@Nullable Rows slots() {
    return slotWidth == 0 ? null : rows(width, slotWidth);
  }

  private StateDelta.Rows rows(int from, int count) {
    long[] ids = ids(true);
    float[] values = new float[Math.multiplyExact(ids.length, count)];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(before.get(ids[i]), from, values, i * count, count);
    }
    return new StateDelta.Rows(table.name(), count, ids, values, ids(false));
  }

  private long[] ids(boolean there) {
    return UnsignedIds.sort(
        before.keySet().longStream().filter(id -> (before.get(id) != ABSENT) == there).toArray());
  }

  /** The values as they are now, of the rows that may have been others. */
  StateDelta.@Nullable Rows now() {
    if (width == 0) {
      return null;
    }
    long[] here = before.keySet().longStream().filter(id -> table.find(id) >= 0).toArray();
    long[] gone = before.keySet().longStream().filter(id -> table.find(id) < 0).toArray();
    return StateDelta.Rows.of(table, UnsignedIds.sort(here), UnsignedIds.sort(gone));
  }

  /**
   * Takes over what {@link #values} gave in the present state; {@link #addSlots} follows. The mark
   * is new.
   */
  void addValues(StateDelta.Rows rows) {
    add(rows, 0, width);
  }

  /** Takes over what {@link #slots} gave in the present state. */
  void addSlots(StateDelta.Rows rows) {
    add(rows, width, slotWidth);
  }

  private void add(StateDelta.Rows rows, int from, int count) {
    if (rows.width() != count) {
      throw new IllegalArgumentException(
          "marked rows of table %s must have %d floats, got %d"
              .formatted(table.name(), count, rows.width()));
    }
    for (int i = 0; i < rows.ids().length; i++) {
      float[] floats =
          before.computeIfAbsent(rows.ids()[i], unused -> new float[width + slotWidth]);
      System.arraycopy(rows.values(), i * count, floats, from, count);
      keep(rows.ids()[i]);
    }
    for (long id : rows.removed()) {
      before.put(id, ABSENT);
      keep(id);
    }
  }

  private void keep(long id) {
    int row = table.find(id);
    if (row >= 0) {
      kept.set(row);
    }
  }
}
