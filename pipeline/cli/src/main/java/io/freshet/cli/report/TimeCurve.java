package io.freshet.cli.report;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * A curve from event time to wall time; both only grow. Bounded: when it is full, every second
 * point goes and the distance between those to come doubles, so that an answer is late by at most
 * the distance of two points; the first and the newest are always there. Safe for many threads.
 */
public final class TimeCurve {

  private static final int CAPACITY = 1 << 16;

  private final long[] eventTimes = new long[CAPACITY];
  private final long[] wallTimes = new long[CAPACITY];
  private final long[] counts = new long[CAPACITY];
  private int size;
  private int stride = 1;
  private int sinceKept;

  /**
   * Adds a point; one that is not later in event time is left out.
   *
   * @param wallTime milliseconds since 1970 UTC
   * @param count of whatever had happened by then
   */
  public synchronized void reached(long eventTime, long wallTime, long count) {
    if (size > 0 && eventTime <= eventTimes[size - 1]) {
      return;
    }
    sinceKept++;
    if (size > 1 && sinceKept < stride) {
      size--;
    } else {
      sinceKept = 0;
    }
    if (size == CAPACITY) {
      thin();
    }
    eventTimes[size] = eventTime;
    wallTimes[size] = size == 0 ? wallTime : Math.max(wallTime, wallTimes[size - 1]);
    counts[size] = count;
    size++;
  }

  private void thin() {
    int kept = 1;
    for (int i = 1; i < size; i += 2) {
      eventTimes[kept] = eventTimes[i];
      wallTimes[kept] = wallTimes[i];
      counts[kept] = counts[i];
      kept++;
    }
    size = kept;
    stride *= 2;
  }

  /** The wall time of the first point at or after {@code eventTime}; empty after the last. */
  public synchronized OptionalLong firstAtOrAfter(long eventTime) {
    int at = Arrays.binarySearch(eventTimes, 0, size, eventTime);
    int point = at >= 0 ? at : -at - 1;
    return point == size ? OptionalLong.empty() : OptionalLong.of(wallTimes[point]);
  }

  /** The count of the last point at or before {@code eventTime}; 0 before the first. */
  public synchronized long countAt(long eventTime) {
    int at = Arrays.binarySearch(eventTimes, 0, size, eventTime);
    int point = at >= 0 ? at : -at - 2;
    return point < 0 ? 0 : counts[point];
  }

  public synchronized OptionalLong firstEventTime() {
    return size == 0 ? OptionalLong.empty() : OptionalLong.of(eventTimes[0]);
  }

  public synchronized OptionalLong lastEventTime() {
    return size == 0 ? OptionalLong.empty() : OptionalLong.of(eventTimes[size - 1]);
  }

  public synchronized OptionalLong lastWallTime() {
    return size == 0 ? OptionalLong.empty() : OptionalLong.of(wallTimes[size - 1]);
  }
}
