package io.freshet.scoring.state;

import java.util.Arrays;

/**
 * A collisionless table that grows: 64-bit id to a row of floats, with further floats ("slots", an
 * optimiser's) beside it where a learner wants them. Open addressing over primitive arrays; rows
 * live in segments that never move, and the index is split into parts that double one at a time, so
 * that growth never copies the table. An entry of the index holds half of its id's hash beside the
 * row, so that looking for an id reads the ids of other rows hardly ever. Not thread-safe.
 *
 * <p>A row number stays valid until its id is removed. Row numbers depend on insertion history: no
 * result may.
 */
public final class RowTable {

  /** Rows of one segment; a power of two. */
  public static final int SEGMENT_ROWS = 1024;

  private static final int SEGMENT_BITS = Integer.numberOfTrailingZeros(SEGMENT_ROWS);
  private static final int SEGMENT_MASK = SEGMENT_ROWS - 1;
  private static final int INDEX_PARTS = 64;
  private static final int FIRST_PART_SIZE = 16;

  private final String name;
  private final int width;
  private final int slotWidth;

  /** Each entry: the low half of the id's hash, then the row number plus one; 0 is free. */
  private final long[][] index = new long[INDEX_PARTS][FIRST_PART_SIZE];

  private final int[] partCounts = new int[INDEX_PARTS];
  private long[][] ids = new long[0][];
  private float[][] values = new float[0][];
  private float[][] slots = new float[0][];
  private int[] free = new int[16];
  private int freeCount;
  private int rowsEverUsed;
  private int size;

  /** A table of the serving state: no slots. */
  public RowTable(String name, int width) {
    this(name, width, 0);
  }

  /**
   * @param width floats of the serving part of a row
   * @param slotWidth floats beside it that readers never see
   */
  public RowTable(String name, int width, int slotWidth) {
    if (width < 1 || slotWidth < 0) {
      throw new IllegalArgumentException(
          "table %s must have width >= 1 and slots >= 0, got %d and %d"
              .formatted(name, width, slotWidth));
    }
    this.name = name;
    this.width = width;
    this.slotWidth = slotWidth;
  }

  public String name() {
    return name;
  }

  public int width() {
    return width;
  }

  public int slotWidth() {
    return slotWidth;
  }

  /** The number of ids. */
  public int size() {
    return size;
  }

  /** One more than the largest row number in use so far. */
  public int rowLimit() {
    return rowsEverUsed;
  }

  /** The row of {@code id}, or -1. */
  public int find(long id) {
    long mixed = mix(id);
    long[] part = index[(int) (mixed >>> 58)];
    int mask = part.length - 1;
    int half = (int) mixed;
    int at = half & mask;
    for (long entry = part[at]; entry != 0; entry = part[at]) {
      if (halfOf(entry) == half && idOf(rowOf(entry)) == id) {
        return rowOf(entry);
      }
      at = (at + 1) & mask;
    }
    return -1;
  }

  private static long entry(int half, int row) {
    return (long) half << 32 | (row + 1);
  }

  private static int halfOf(long entry) {
    return (int) (entry >>> 32);
  }

  private static int rowOf(long entry) {
    return (int) entry - 1;
  }

  /**
   * Writes the row of each of {@code count} ids from {@code from} on, or -1, to {@code rows}: as
   * {@link #find} does, but the waits for memory fall together.
   */
  public void find(long[] ids, int from, int count, int[] rows) {
    for (int i = 0; i < count; i++) {
      rows[i] = find(ids[from + i]);
    }
  }

  /** The row of {@code id}; a new one is all zeros. */
  public int findOrInsert(long id) {
    int found = find(id);
    if (found >= 0) {
      return found;
    }
    int row = takeRow();
    ids[row >>> SEGMENT_BITS][row & SEGMENT_MASK] = id;
    long mixed = mix(id);
    int p = (int) (mixed >>> 58);
    // Fuller than usual: comparing halves of hashes is cheap, and a row's memory is promised.
    if (8 * (partCounts[p] + 1) > 7 * index[p].length) {
      growPart(p);
    }
    place(index[p], entry((int) mixed, row));
    partCounts[p]++;
    size++;
    return row;
  }

  /** Removes {@code id}; its row is zeroed and will be used again. Returns whether it was there. */
  public boolean remove(long id) {
    long mixed = mix(id);
    int p = (int) (mixed >>> 58);
    long[] part = index[p];
    int mask = part.length - 1;
    int half = (int) mixed;
    int at = half & mask;
    while (part[at] != 0 && (halfOf(part[at]) != half || idOf(rowOf(part[at])) != id)) {
      at = (at + 1) & mask;
    }
    if (part[at] == 0) {
      return false;
    }
    releaseRow(rowOf(part[at]));
    closeGap(part, at);
    partCounts[p]--;
    size--;
    return true;
  }

  /** The id of a row that is in use. */
  public long idOf(int row) {
    return ids[row >>> SEGMENT_BITS][row & SEGMENT_MASK];
  }

  /** The array that holds the row's floats, from {@link #valueOffset} on. */
  public float[] values(int row) {
    return values[row >>> SEGMENT_BITS];
  }

  public int valueOffset(int row) {
    return (row & SEGMENT_MASK) * width;
  }

  /** The array that holds the row's slots, from {@link #slotOffset} on. */
  public float[] slots(int row) {
    return slots[row >>> SEGMENT_BITS];
  }

  public int slotOffset(int row) {
    return (row & SEGMENT_MASK) * slotWidth;
  }

  /** What {@link #forEach} calls. */
  @FunctionalInterface
  public interface RowVisitor {
    void row(long id, int row);
  }

  /** Visits every row that its id leads to, in an order that depends on the table's history. */
  public void forEach(RowVisitor visitor) {
    for (int first = 0; first < rowsEverUsed; first += SEGMENT_ROWS) {
      forEach(first, Math.min(first + SEGMENT_ROWS, rowsEverUsed), visitor);
    }
  }

  /** Visits those from row {@code first} up to {@code end}, that excluded. */
  public void forEach(int first, int end, RowVisitor visitor) {
    int[] found = new int[Math.max(0, Math.min(SEGMENT_ROWS, end - first))];
    for (int from = first; from < end; ) {
      int in = from & SEGMENT_MASK;
      int count = Math.min(SEGMENT_ROWS - in, end - from);
      long[] segment = ids[from >>> SEGMENT_BITS];
      find(segment, in, count, found);
      for (int i = 0; i < count; i++) {
        if (found[i] == from + i) {
          visitor.row(segment[in + i], from + i);
        }
      }
      from += count;
    }
  }

  /** All ids, ascending as unsigned integers: the canonical order. */
  public long[] sortedIds() {
    long[] all = new long[size];
    int n = 0;
    for (long[] part : index) {
      for (long entry : part) {
        if (entry != 0) {
          all[n++] = idOf(rowOf(entry));
        }
      }
    }
    return UnsignedIds.sort(all);
  }

  /** A copy of the serving part alone. */
  public RowTable copyServing() {
    return copy(width, values);
  }

  /** A copy of the slots alone, as the rows of a table of their own. */
  public RowTable copySlots() {
    return copy(slotWidth, slots);
  }

  private RowTable copy(int copiedWidth, float[][] floats) {
    RowTable copy = new RowTable(name, copiedWidth);
    for (int p = 0; p < INDEX_PARTS; p++) {
      copy.index[p] = index[p].clone();
    }
    System.arraycopy(partCounts, 0, copy.partCounts, 0, INDEX_PARTS);
    copy.ids = deepCopy(ids);
    copy.values = new float[floats.length][];
    copy.slots = new float[floats.length][0];
    for (int s = 0; s < floats.length; s++) {
      copy.values[s] = floats[s].clone();
    }
    copy.free = free.clone();
    copy.freeCount = freeCount;
    copy.rowsEverUsed = rowsEverUsed;
    copy.size = size;
    return copy;
  }

  private static long[][] deepCopy(long[][] source) {
    long[][] copy = new long[source.length][];
    for (int i = 0; i < source.length; i++) {
      copy[i] = source[i].clone();
    }
    return copy;
  }

  private int takeRow() {
    if (freeCount > 0) {
      return free[--freeCount];
    }
    int row = rowsEverUsed++;
    int segment = row >>> SEGMENT_BITS;
    if (segment == ids.length) {
      ids = Arrays.copyOf(ids, segment + 1);
      values = Arrays.copyOf(values, segment + 1);
      slots = Arrays.copyOf(slots, segment + 1);
      ids[segment] = new long[SEGMENT_ROWS];
      values[segment] = new float[SEGMENT_ROWS * width];
      slots[segment] = new float[SEGMENT_ROWS * slotWidth];
    }
    return row;
  }

  private void releaseRow(int row) {
    Arrays.fill(values(row), valueOffset(row), valueOffset(row) + width, 0f);
    Arrays.fill(slots(row), slotOffset(row), slotOffset(row) + slotWidth, 0f);
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = row;
  }

  private void growPart(int p) {
    long[] grown = new long[index[p].length * 2];
    for (long entry : index[p]) {
      if (entry != 0) {
        place(grown, entry);
      }
    }
    index[p] = grown;
  }

  private static void place(long[] part, long entry) {
    int mask = part.length - 1;
    int at = halfOf(entry) & mask;
    while (part[at] != 0) {
      at = (at + 1) & mask;
    }
    part[at] = entry;
  }

  private static void closeGap(long[] part, int gap) {
    int mask = part.length - 1;
    int at = gap;
    while (true) {
      at = (at + 1) & mask;
      if (part[at] == 0) {
        break;
      }
      int home = halfOf(part[at]) & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        part[gap] = part[at];
        gap = at;
      }
    }
    part[gap] = 0;
  }

  private static long mix(long id) {
    long h = id * 0x9E3779B97F4A7C15L;
    h ^= h >>> 32;
    return h * 0x9E3779B97F4A7C15L;
  }
}
