package io.freshet.modellog;

import io.freshet.modellog.LogEntry.Part;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Cuts one version's payload into chunks, in a canonical order: tensors, then tables, each as
 * given.
 */
final class Chunker {

  /** Largest size of a chunk's record value. */
  static final int MAX_BYTES = 512 * 1024;

  private static final int CHUNK_OVERHEAD = 64;
  private static final int PART_OVERHEAD = 64;

  private final LogCodec codec;
  private final String model;
  private final Version version;
  private final boolean anchor;
  private final int maxBytes;
  private final Consumer<byte[]> out;
  private final List<Part> parts = new ArrayList<>();
  private final List<HashValue> hashes = new ArrayList<>();
  private final Map<String, long[]> tableCounts = new TreeMap<>();
  private int used;
  private long bytes;

  /**
   * @param out takes each chunk's record value as soon as it is full
   */
  Chunker(
      LogCodec codec,
      String model,
      Version version,
      boolean anchor,
      int maxBytes,
      Consumer<byte[]> out) {
    this.codec = codec;
    this.model = model;
    this.version = version;
    this.anchor = anchor;
    this.maxBytes = maxBytes;
    this.out = out;
    this.used = emptySize();
  }

  void delta(StateDelta delta) {
    delta.tensors().forEach(this::tensor);
    for (StateDelta.Rows rows : delta.tables()) {
      tombstones(rows.table(), rows.width(), rows.removed());
      rows(rows.table(), rows.width(), rows.ids(), rows.values());
    }
    flush();
  }

  void state(ModelState state) {
    state.tensors().values().forEach(this::tensor);
    for (RowTable table : state.tables().values()) {
      long[] ids = table.sortedIds();
      int width = table.width();
      int slice = Math.max(1, maxBytes / (Long.BYTES + Float.BYTES * width));
      for (int from = 0; from < ids.length; from += slice) {
        long[] some = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + slice));
        float[] values = new float[some.length * width];
        for (int i = 0; i < some.length; i++) {
          int row = table.find(some[i]);
          System.arraycopy(table.values(row), table.valueOffset(row), values, i * width, width);
        }
        rows(table.name(), width, some, values);
      }
    }
    flush();
  }

  List<HashValue> hashes() {
    return List.copyOf(hashes);
  }

  /** Sum of the chunks' sizes. */
  long bytes() {
    return bytes;
  }

  long rowsOf(String table) {
    return tableCounts.getOrDefault(table, new long[2])[0];
  }

  long tombstonesOf(String table) {
    return tableCounts.getOrDefault(table, new long[2])[1];
  }

  private void tensor(Tensor tensor) {
    float[] data = tensor.data();
    int overhead = overhead(tensor.name()) + 5 * tensor.shape().length;
    int at = 0;
    do {
      int fits = room(overhead, Float.BYTES, tensor.name());
      int count = Math.min(fits, data.length - at);
      parts.add(
          new Part.TensorPart(
              tensor.name(), tensor.shape(), at, Arrays.copyOfRange(data, at, at + count)));
      used += overhead + Float.BYTES * count;
      at += count;
    } while (at < data.length);
  }

  private void rows(String table, int width, long[] ids, float[] values) {
    tableCounts.computeIfAbsent(table, name -> new long[2])[0] += ids.length;
    int overhead = overhead(table);
    int rowBytes = Long.BYTES + Float.BYTES * width;
    for (int at = 0; at < ids.length; ) {
      int count = Math.min(room(overhead, rowBytes, table), ids.length - at);
      parts.add(
          new Part.RowsPart(
              table,
              width,
              Arrays.copyOfRange(ids, at, at + count),
              Arrays.copyOfRange(values, at * width, (at + count) * width)));
      used += overhead + rowBytes * count;
      at += count;
    }
  }

  private void tombstones(String table, int width, long[] ids) {
    tableCounts.computeIfAbsent(table, name -> new long[2])[1] += ids.length;
    int overhead = overhead(table);
    for (int at = 0; at < ids.length; ) {
      int count = Math.min(room(overhead, Long.BYTES, table), ids.length - at);
      parts.add(new Part.TombstonesPart(table, width, Arrays.copyOfRange(ids, at, at + count)));
      used += overhead + Long.BYTES * count;
      at += count;
    }
  }

  /**
   * How many elements fit into the chunk that is being filled, at least one: else a new chunk
   * begins.
   */
  private int room(int overhead, int elementBytes, String name) {
    if (used + overhead + elementBytes > maxBytes) {
      flush();
      if (used + overhead + elementBytes > maxBytes) {
        throw new IllegalArgumentException(
            "one element of %s must fit into a chunk of %d bytes, it takes %d"
                .formatted(name, maxBytes, elementBytes));
      }
    }
    return (maxBytes - used - overhead) / elementBytes;
  }

  private void flush() {
    if (parts.isEmpty()) {
      return;
    }
    byte[] value = codec.chunk(version, anchor, hashes.size(), parts);
    parts.clear();
    used = emptySize();
    hashes.add(LogCodec.hash(value));
    bytes += value.length;
    out.accept(value);
  }

  private int emptySize() {
    return CHUNK_OVERHEAD + model.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int overhead(String name) {
    return PART_OVERHEAD + name.getBytes(StandardCharsets.UTF_8).length;
  }
}
