package io.freshet.learning.table;

import io.freshet.scoring.feature.Ids;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.Arrays;

/**
 * The unique rows of one table that a batch reads, numbered from 0 in the order of their first use.
 * Entry 0 is the shared row: every id without a row reads it. Reused from batch to batch.
 */
public final class BatchRows {

  private static final int ADMITTED = -1;
  private static final int EMPTY = -1;

  private final LearnedTable learned;
  private final LongOpenHashSet admitted = new LongOpenHashSet();
  private long[] keys = new long[64];
  private int[] entries = new int[64];
  private int used;
  private long[] ids = new long[32];
  private int[] rows = new int[32];
  private int size;
  private boolean usesShared;

  public BatchRows(LearnedTable learned) {
    this.learned = learned;
    clear();
  }

  /** Starts a batch. */
  public void clear() {
    admitted.clear();
    Arrays.fill(entries, EMPTY);
    used = 0;
    ids[0] = Ids.SHARED;
    rows[0] = learned.table().find(Ids.SHARED);
    size = 1;
    usesShared = false;
  }

  /** Counts one event of an id, before the batch's entries are asked for. */
  public void count(long id, long eventTime) {
    if (id != Ids.SHARED && learned.count(id, eventTime) && learned.table().find(id) < 0) {
      admitted.add(id);
    }
  }

  /** The entry that an id reads. */
  public int entry(long id) {
    if (id == Ids.SHARED) {
      usesShared = true;
      return 0;
    }
    int at = slot(id);
    if (entries[at] != EMPTY) {
      return entries[at];
    }
    int row = learned.table().find(id);
    int entry = 0;
    if (row >= 0) {
      entry = add(id, row);
    } else if (admitted.contains(id)) {
      entry = add(id, ADMITTED);
    } else {
      usesShared = true;
    }
    remember(at, id, entry);
    return entry;
  }

  public int size() {
    return size;
  }

  public int width() {
    return learned.table().width();
  }

  /** The values of all entries: [size][width]. */
  public float[] gather() {
    int width = width();
    float[] values = new float[size * width];
    for (int entry = 0; entry < size; entry++) {
      int row = rows[entry] == ADMITTED ? rows[0] : rows[entry];
      System.arraycopy(
          learned.table().values(row),
          learned.table().valueOffset(row),
          values,
          entry * width,
          width);
    }
    return values;
  }

  /**
   * Trains the rows, and admits those that this batch admits.
   *
   * @param gradient [size][width]; used up
   */
  public void train(float[] gradient, long eventTime) {
    learned.train(this, gradient, eventTime);
  }

  long id(int entry) {
    return ids[entry];
  }

  /** The row of an entry; negative for an id that is to be admitted. */
  int row(int entry) {
    return rows[entry];
  }

  boolean usesShared() {
    return usesShared;
  }

  private int add(long id, int row) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
    }
    ids[size] = id;
    rows[size] = row;
    return size++;
  }

  private int slot(long id) {
    int mask = keys.length - 1;
    long mixed = id * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 32) & mask;
    while (entries[at] != EMPTY && keys[at] != id) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void remember(int at, long id, int entry) {
    keys[at] = id;
    entries[at] = entry;
    if (2 * ++used > keys.length) {
      grow();
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldEntries = entries;
    keys = new long[2 * oldKeys.length];
    entries = new int[2 * oldKeys.length];
    Arrays.fill(entries, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldEntries[i] != EMPTY) {
        int at = slot(oldKeys[i]);
        keys[at] = oldKeys[i];
        entries[at] = oldEntries[i];
      }
    }
  }
}
