package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Offsets by input partition: names of examples by where their impressions lie. */
final class Offsets {

  /** A record must not grow without limit. */
  private static final int MOST_NAMED = 100_000;

  private final TreeMap<Integer, long[]> byPartition = new TreeMap<>();
  private final TreeMap<Integer, Integer> counts = new TreeMap<>();
  private int size;

  void add(int partition, long offset) {
    int count = counts.getOrDefault(partition, 0);
    long[] offsets = byPartition.computeIfAbsent(partition, unused -> new long[16]);
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      byPartition.put(partition, offsets);
    }
    offsets[count] = offset;
    counts.put(partition, count + 1);
    size++;
  }

  int size() {
    return size;
  }

  /** Ascending offsets by the partitions' names; of very many the first {@value #MOST_NAMED}. */
  Map<String, List<Long>> named(IntFunction<String> names) {
    Map<String, List<Long>> named = new TreeMap<>();
    int[] left = {MOST_NAMED};
    byPartition
        .keySet()
        .forEach(
            partition -> {
              List<Long> offsets = new ArrayList<>();
              for (long offset : sorted(partition)) {
                if (left[0]-- > 0) {
                  offsets.add(offset);
                }
              }
              if (!offsets.isEmpty()) {
                named.put(names.apply(partition), offsets);
              }
            });
    return named;
  }

  private long[] sorted(int partition) {
    long[] offsets = byPartition.getOrDefault(partition, new long[0]);
    long[] sorted = Arrays.copyOf(offsets, counts.getOrDefault(partition, 0));
    Arrays.sort(sorted);
    return sorted;
  }

  /** Differences between ascending offsets: a byte or two each. */
  void write(DataOutput out) throws IOException {
    writeSize(byPartition.size(), out);
    for (int partition : byPartition.keySet()) {
      out.writeInt(partition);
      long[] sorted = sorted(partition);
      writeSize(sorted.length, out);
      long before = 0;
      for (int i = 0; i < sorted.length; i++) {
        if (i == 0) {
          out.writeLong(sorted[0]);
        } else {
          writeSize(Math.toIntExact(sorted[i] - before), out);
        }
        before = sorted[i];
      }
    }
  }

  static Offsets read(DataInput in) throws IOException {
    Offsets offsets = new Offsets();
    for (int partitions = readSize(in); partitions > 0; partitions--) {
      int partition = in.readInt();
      int count = readSize(in);
      long offset = 0;
      for (int i = 0; i < count; i++) {
        offset = i == 0 ? in.readLong() : offset + readSize(in);
        offsets.add(partition, offset);
      }
    }
    return offsets;
  }
}
