package io.freshet.job.learner;

import io.freshet.job.Entry;

/**
 * Where batches end: after {@code size} examples, or at the first multiple of {@code spanMs} of
 * event time after the batch's first example. Examples of one query's group stay together: a full
 * batch ends with its last group, unless that is larger than {@value #LARGEST_GROUP}. A function of
 * the sequence alone, never of what has arrived.
 */
final class BatchCut {

  /** A batch grows by no more than this for the sake of a group. */
  static final int LARGEST_GROUP = 1_000;

  private final int size;
  private final long spanMs;
  private int count;
  private long boundary;
  private boolean grouped;
  private long group;
  private long time;

  BatchCut(int size, long spanMs) {
    this.size = size;
    this.spanMs = spanMs;
  }

  /** Whether the open batch must close before anything at {@code time} happens. */
  boolean endsBefore(long time) {
    return count > 0 && (time >= boundary || (count >= size && time > this.time));
  }

  /** Whether the open batch must close before this example of the same or a later time. */
  boolean endsBefore(Entry.Train next) {
    return endsBefore(next.time()) || (count >= size && !(grouped && isOfGroup(next)));
  }

  private boolean isOfGroup(Entry.Train next) {
    return next.place() != null && next.place().group() == group;
  }

  /** Takes an example into the open batch. Returns whether the batch must close after it. */
  boolean add(Entry.Train ready) {
    grouped = ready.place() != null;
    group = ready.place() == null ? 0 : ready.place().group();
    return count(ready.time());
  }

  /** Takes an example that belongs to no group into the open batch. */
  boolean add(long readyTime) {
    grouped = false;
    return count(readyTime);
  }

  private boolean count(long readyTime) {
    if (count == 0) {
      boundary = (Math.floorDiv(readyTime, spanMs) + 1) * spanMs;
    }
    count++;
    time = readyTime;
    return count >= (grouped ? size + LARGEST_GROUP : size);
  }

  /** Whether the open batch holds {@code size} examples and only waits for the end of a group. */
  boolean isFull() {
    return count >= size;
  }

  /** The event time at which the open batch closes if it does not fill. */
  long boundary() {
    return boundary;
  }

  /** The ready time of the newest example. */
  long time() {
    return time;
  }

  void next() {
    count = 0;
  }
}
