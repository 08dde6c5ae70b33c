package io.freshet.serving;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model state with the hash that its memory gives, as a whole and of each region: a tensor, or
 * {@link #REGION_ROWS} rows of a table. The regions' hashes add up to the whole one, and every
 * write moves both; so any region can be checked at any time, whatever is written to the others.
 * Not thread-safe.
 */
final class ProvenMemory {

  /** Rows of one region of a table, by row number, which an id keeps until it is removed. */
  static final int REGION_ROWS = RowTable.SEGMENT_ROWS;

  private static final int LOOKED_UP_AT_ONCE = 256;

  private final ModelState state;
  private final List<Tensor> tensors;
  private final List<RowTable> tables;
  private final Map<String, RegionSums> tensorSums = new HashMap<>();
  private final Map<String, RegionSums> tableSums = new HashMap<>();
  private final RegionSums whole = new RegionSums();
  private final StateHash term = new StateHash();
  private final int[] found = new int[LOOKED_UP_AT_ONCE];

  /** Takes {@code state} over, and computes every hash from what lies there. */
  ProvenMemory(ModelState state) {
    this.state = state;
    this.tensors = List.copyOf(state.tensors().values());
    this.tables = List.copyOf(state.tables().values());
    for (Tensor tensor : tensors) {
      RegionSums sums = new RegionSums();
      tensorSums.put(tensor.name(), sums);
      add(sums, 0, hashOf(tensor));
    }
    for (RowTable table : tables) {
      RegionSums sums = new RegionSums();
      tableSums.put(table.name(), sums);
      table.forEach((id, row) -> add(sums, row / REGION_ROWS, hashOf(table, id, row)));
    }
  }

  ModelState state() {
    return state;
  }

  /** The hash of the whole memory, kept as it was written. */
  HashValue hash() {
    return whole.of(0);
  }

  /**
   * Writes {@code delta} as {@link ModelState#apply} does: subtracts what lies here, writes, and
   * adds what it reads back.
   *
   * @throws IllegalArgumentException before anything changed, if the delta does not fit
   */
  void apply(StateDelta delta) {
    requireFit(delta);
    for (Tensor changed : delta.tensors()) {
      Tensor mine = state.tensor(changed.name());
      RegionSums sums = sums(tensorSums, mine.name());
      subtract(sums, 0, hashOf(mine));
      System.arraycopy(changed.data(), 0, mine.data(), 0, mine.data().length);
      add(sums, 0, hashOf(mine));
    }
    for (StateDelta.Rows rows : delta.tables()) {
      apply(state.table(rows.table()), rows);
    }
  }

  private void apply(RowTable table, StateDelta.Rows rows) {
    RegionSums sums = sums(tableSums, table.name());
    int width = table.width();
    for (long id : rows.removed()) {
      int row = table.find(id);
      if (row >= 0) {
        subtract(sums, row / REGION_ROWS, hashOf(table, id, row));
        table.remove(id);
      }
    }
    for (int from = 0; from < rows.ids().length; from += found.length) {
      int count = Math.min(found.length, rows.ids().length - from);
      table.find(rows.ids(), from, count, found);
      for (int i = 0; i < count; i++) {
        long id = rows.ids()[from + i];
        int size = table.size();
        int row = found[i] < 0 ? table.findOrInsert(id) : found[i];
        if (table.size() == size) { // it was there
          subtract(sums, row / REGION_ROWS, hashOf(table, id, row));
        }
        System.arraycopy(
            rows.values(), (from + i) * width, table.values(row), table.valueOffset(row), width);
        add(sums, row / REGION_ROWS, hashOf(table, id, row));
      }
    }
  }

  private void requireFit(StateDelta delta) {
    for (Tensor changed : delta.tensors()) {
      Tensor mine = state.tensor(changed.name());
      if (!Arrays.equals(mine.shape(), changed.shape())) {
        throw new IllegalArgumentException(
            "tensor %s must have shape %s, the delta has %s"
                .formatted(
                    mine.name(), Arrays.toString(mine.shape()), Arrays.toString(changed.shape())));
      }
    }
    for (StateDelta.Rows rows : delta.tables()) {
      int width = state.table(rows.table()).width();
      if (rows.width() != width || rows.values().length != (long) rows.ids().length * width) {
        throw new IllegalArgumentException(
            "table %s must have rows of %d floats, the delta has %d rows, %d floats, width %d"
                .formatted(
                    rows.table(), width, rows.ids().length, rows.values().length, rows.width()));
      }
    }
  }

  /** Floats to read, ids included, for a look at all regions. */
  long size() {
    long size = 0;
    for (Tensor tensor : tensors) {
      size += tensor.data().length;
    }
    for (RowTable table : tables) {
      size += (long) table.rowLimit() * rowSize(table);
    }
    return size;
  }

  private static int rowSize(RowTable table) {
    return table.width() + Long.BYTES / Float.BYTES;
  }

  /** A walk over all regions; the memory may be written to between two steps. */
  Walk walk() {
    return new Walk();
  }

  final class Walk {

    private int part;
    private int region;
    private long read;

    /** Whether every region was looked at, those included that came about meanwhile. */
    boolean done() {
      while (part >= tensors.size()
          && part < tensors.size() + tables.size()
          && region * REGION_ROWS >= table().rowLimit()) {
        part++;
        region = 0;
      }
      return part == tensors.size() + tables.size();
    }

    private RowTable table() {
      return tables.get(part - tensors.size());
    }

    /** Floats that the steps so far have read, ids included. */
    long read() {
      return read;
    }

    /**
     * Computes the next region's hash anew. Returns what is wrong; null when it is what was
     * written.
     */
    @Nullable String step() {
      if (done()) {
        return null;
      }
      if (part < tensors.size()) {
        Tensor tensor = tensors.get(part++);
        read += tensor.data().length;
        return compare("tensor " + tensor.name(), tensorSums, tensor.name(), 0, hashOf(tensor));
      }
      RowTable table = table();
      int first = region * REGION_ROWS;
      int end = Math.min(first + REGION_ROWS, table.rowLimit());
      read += (long) (end - first) * rowSize(table);
      String name = "table %s, rows at places %d to %d".formatted(table.name(), first, end - 1);
      return compare(name, tableSums, table.name(), region++, hashOf(table, first, end));
    }

    private @Nullable String compare(
        String name, Map<String, RegionSums> of, String key, int at, HashValue now) {
      HashValue written = sums(of, key).of(at);
      return written.equals(now)
          ? null
          : "%s must have the hash %s that was written, it has %s".formatted(name, written, now);
    }
  }

  /** Of the rows in a range of places that their ids lead to: a row that is not found is no row. */
  private HashValue hashOf(RowTable table, int first, int end) {
    term.reset(HashValue.EMPTY);
    table.forEach(
        first,
        end,
        (id, row) ->
            term.addRow(
                table.name(), id, table.values(row), table.valueOffset(row), table.width()));
    return term.value();
  }

  private HashValue hashOf(RowTable table, long id, int row) {
    term.reset(HashValue.EMPTY);
    term.addRow(table.name(), id, table.values(row), table.valueOffset(row), table.width());
    return term.value();
  }

  private HashValue hashOf(Tensor tensor) {
    term.reset(HashValue.EMPTY);
    term.addTensor(tensor);
    return term.value();
  }

  private void add(RegionSums sums, int region, HashValue hash) {
    sums.add(region, hash);
    whole.add(0, hash);
  }

  private void subtract(RegionSums sums, int region, HashValue hash) {
    sums.subtract(region, hash);
    whole.subtract(0, hash);
  }

  private static RegionSums sums(Map<String, RegionSums> of, String name) {
    return Objects.requireNonNull(of.get(name), name);
  }
}
