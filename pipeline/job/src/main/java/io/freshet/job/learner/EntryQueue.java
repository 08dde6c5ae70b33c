package io.freshet.job.learner;

import io.freshet.job.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into the one sequence that learners see: (event time, predictions before training,
 * group or else hash, position in the group, hash, example id), once the watermark says that no
 * earlier one can come.
 */
final class EntryQueue {

  /** The order of the sequence. */
  static final Comparator<Entry> ORDER = EntryQueue::compare;

  private final PriorityQueue<Entry> entries = new PriorityQueue<>(1024, ORDER);
  private long reached = Long.MIN_VALUE;

  // Spelt out: each entry is compared some thirty times on its way through the queue.
  private static int compare(Entry one, Entry other) {
    int order = Long.compare(one.time(), other.time());
    if (order == 0) {
      order = Boolean.compare(one instanceof Entry.Train, other instanceof Entry.Train);
    }
    if (order == 0) {
      order = Long.compare(group(one), group(other));
    }
    if (order == 0) {
      order = Integer.compare(position(one), position(other));
    }
    if (order == 0) {
      order = Long.compare(one.hash(), other.hash());
    }
    return order != 0 ? order : one.exampleId().compareTo(other.exampleId());
  }

  private static long group(Entry entry) {
    return entry instanceof Entry.Train train && train.place() != null
        ? train.place().group()
        : entry.hash();
  }

  private static int position(Entry entry) {
    return entry instanceof Entry.Train train && train.place() != null
        ? train.place().position()
        : 0;
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  /** No entry at or before {@code eventTime} will be added any more. */
  void reach(long eventTime) {
    reached = Math.max(reached, eventTime);
  }

  long reached() {
    return reached;
  }

  /** The next entry of the sequence, or null while it is not known. */
  @Nullable Entry poll() {
    Entry next = entries.peek();
    return next == null || next.time() > reached ? null : entries.poll();
  }

  int size() {
    return entries.size();
  }

  void save(DataOutputView out) throws IOException {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(ORDER);
    out.writeLong(reached);
    out.writeInt(ordered.size());
    for (Entry entry : ordered) {
      EntrySerializer.INSTANCE.serialize(entry, out);
    }
  }

  static EntryQueue resume(DataInputView in) throws IOException {
    EntryQueue queue = new EntryQueue();
    queue.reached = in.readLong();
    int size = in.readInt();
    for (int i = 0; i < size; i++) {
      queue.add(EntrySerializer.INSTANCE.deserialize(in));
    }
    return queue;
  }
}
