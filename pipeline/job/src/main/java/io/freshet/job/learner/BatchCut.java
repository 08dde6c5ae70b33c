package io.freshet.job.learner;

/**
 * Where batches end: after {@code size} examples, or at the first multiple of {@code spanMs} of
 * event time after the batch's first example. A function of the sequence alone, never of what has
 * arrived.
 */
final class BatchCut {

  private final int size;
  private final long spanMs;
  private int count;
  private long boundary;

  BatchCut(int size, long spanMs) {
    this.size = size;
    this.spanMs = spanMs;
  }

  /** Whether the open batch must close before anything at {@code time} happens. */
  boolean endsBefore(long time) {
    return count > 0 && time >= boundary;
  }

  /** Takes an example into the open batch. Returns whether the batch is full now. */
  boolean add(long readyTime) {
    if (count == 0) {
      boundary = (Math.floorDiv(readyTime, spanMs) + 1) * spanMs;
    }
    count++;
    return count >= size;
  }

  /** The event time at which the open batch closes if it does not fill. */
  long boundary() {
    return boundary;
  }

  void next() {
    count = 0;
  }
}
