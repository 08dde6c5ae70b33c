package io.freshet.modellog;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A topic of one partition in memory. Not thread-safe. */
final class InMemoryTopic {

  /** A record where it lies. */
  record Stored(long offset, String key, byte[] value) {}

  private final TreeMap<Long, Stored> records = new TreeMap<>();
  private final boolean compacted;
  private long beginning;
  private long end;

  /**
   * @param compacted whether the newest record of a key replaces those before
   */
  InMemoryTopic(boolean compacted) {
    this.compacted = compacted;
  }

  void append(String key, byte @Nullable [] value) {
    if (compacted) {
      records.values().removeIf(record -> record.key().equals(key));
    }
    if (value != null) {
      records.put(end, new Stored(end, key, value));
    }
    end++;
  }

  long beginning() {
    return beginning;
  }

  long end() {
    return end;
  }

  List<Stored> range(long from, long to) {
    return from >= to ? List.of() : List.copyOf(records.subMap(from, to).values());
  }

  void deleteBefore(long offset) {
    records.headMap(offset).clear();
    beginning = Math.max(beginning, offset);
  }

  /** Bytes of all values. */
  long bytes() {
    return records.values().stream().mapToLong(record -> record.value().length).sum();
  }
}
