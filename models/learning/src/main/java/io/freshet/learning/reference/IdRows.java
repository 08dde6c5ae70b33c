package io.freshet.learning.reference;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrays;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Rows of doubles by id. Bounded: when there are more than {@code maxIds}, the eighth that was
 * trained on longest ago goes (ties by id), so that 16 + 8·width bytes and one hash slot for each
 * of {@code maxIds} is the most it holds.
 */
final class IdRows {

  static final int NONE = -1;

  private static final int FIRST_CAPACITY = 16;

  private final int maxIds;
  private final int width;
  private Long2IntOpenHashMap rows = index(FIRST_CAPACITY);
  private long[] ids = new long[FIRST_CAPACITY];
  private long[] lastTimes = new long[FIRST_CAPACITY];
  private double[] values;
  private int size;

  /**
   * @param width doubles per row
   */
  IdRows(int maxIds, int width) {
    this.maxIds = maxIds;
    this.width = width;
    this.values = new double[FIRST_CAPACITY * width];
  }

  private static Long2IntOpenHashMap index(int expected) {
    Long2IntOpenHashMap index = new Long2IntOpenHashMap(expected);
    index.defaultReturnValue(NONE);
    return index;
  }

  int size() {
    return size;
  }

  /** The row of {@code id}, or {@link #NONE}; valid until the next {@link #touch}. */
  int find(long id) {
    return rows.get(id);
  }

  /** When {@code row} was last touched; milliseconds since 1970 UTC. */
  long lastTime(int row) {
    return lastTimes[row];
  }

  double get(int row, int column) {
    return values[row * width + column];
  }

  void set(int row, int column, double value) {
    values[row * width + column] = value;
  }

  void add(int row, int column, double amount) {
    values[row * width + column] += amount;
  }

  /** The row of {@code id}, made of zeros if there is none, and its last time set. */
  int touch(long id, long time) {
    int row = rows.get(id);
    if (row == NONE) {
      if (size == maxIds) {
        evict();
      }
      row = append(id);
    }
    lastTimes[row] = time;
    return row;
  }

  private int append(long id) {
    if (size == ids.length) {
      int capacity = Math.max(FIRST_CAPACITY, size + (size >> 1));
      ids = Arrays.copyOf(ids, capacity);
      lastTimes = Arrays.copyOf(lastTimes, capacity);
      values = Arrays.copyOf(values, Math.multiplyExact(capacity, width));
    }
    rows.put(id, size);
    ids[size] = id;
    return size++;
  }

  /** Keeps the seven eighths that come last in the order of (last time, id). */
  private void evict() {
    int[] byId = byId();
    long[] times = new long[size];
    Arrays.setAll(times, i -> lastTimes[byId[i]]);
    int[] byTime = new int[size];
    Arrays.setAll(byTime, i -> i);
    LongArrays.radixSortIndirect(byTime, times, true);
    int gone = Math.max(1, size / 8);
    IdRows kept = new IdRows(maxIds, width);
    for (int i = gone; i < size; i++) {
      kept.copy(this, byId[byTime[i]]);
    }
    rows = kept.rows;
    ids = kept.ids;
    lastTimes = kept.lastTimes;
    values = kept.values;
    size = kept.size;
  }

  private void copy(IdRows from, int fromRow) {
    int row = append(from.ids[fromRow]);
    lastTimes[row] = from.lastTimes[fromRow];
    System.arraycopy(from.values, fromRow * width, values, row * width, width);
  }

  /** The rows in ascending order of id. */
  private int[] byId() {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    LongArrays.radixSortIndirect(order, Arrays.copyOf(ids, size), true);
    return order;
  }

  void save(DataOutput out) throws IOException {
    out.writeInt(width);
    out.writeInt(size);
    for (int row : byId()) {
      out.writeLong(ids[row]);
      out.writeLong(lastTimes[row]);
      for (int column = 0; column < width; column++) {
        out.writeDouble(get(row, column));
      }
    }
  }

  static IdRows resume(int maxIds, int width, DataInput in) throws IOException {
    int savedWidth = in.readInt();
    int count = in.readInt();
    if (savedWidth != width || count < 0 || count > maxIds) {
      throw new IOException(
          "saved rows must have width %d and be from 0 to maxIds = %d, found width %d and %d rows"
              .formatted(width, maxIds, savedWidth, count));
    }
    IdRows read = new IdRows(maxIds, width);
    for (int i = 0; i < count; i++) {
      long id = in.readLong();
      int row = read.touch(id, in.readLong());
      for (int column = 0; column < width; column++) {
        read.set(row, column, in.readDouble());
      }
    }
    return read;
  }
}
