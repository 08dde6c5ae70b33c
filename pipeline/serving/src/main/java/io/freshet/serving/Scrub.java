package io.freshet.serving;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the whole memory of both served states again and again, in slices between versions on
 * the thread that writes them: scoring never waits, and nothing is written while a slice is read.
 * Every region is looked at in at most the period, unless the reader's thread is kept from it.
 */
final class Scrub {

  private static final long MOST_NANOS = 5_000_000;

  private final TwinStates served;
  private final Duration period;
  private final LongSupplier nanos;
  private List<Side> pass = List.of();
  private int next;
  private ProvenMemory.@Nullable Walk walk;
  private long before;
  private double due;
  private long passes;
  private long findings;

  /**
   * @param period zero = never
   * @param nanos that pass, a clock for distances
   */
  Scrub(TwinStates served, Duration period, LongSupplier nanos) {
    this.served = served;
    this.period = period;
    this.nanos = nanos;
    this.before = nanos.getAsLong();
  }

  /** Times that everything was looked at. */
  long passes() {
    return passes;
  }

  /** Regions that were not what had been written there. */
  long findings() {
    return findings;
  }

  /** Looks at as much as the time since the last call asks for, within a few milliseconds. */
  void slice() {
    if (period.isZero()) {
      return;
    }
    List<Side> sides = served.sides();
    if (sides.isEmpty()) {
      before = nanos.getAsLong();
      return;
    }
    if (!sides.containsAll(pass) || pass.size() != sides.size()) {
      begin(sides);
    }
    long now = nanos.getAsLong();
    long size = sides.stream().mapToLong(side -> side.memory().size()).sum();
    due = Math.min(size, due + (double) size * (now - before) / period.toNanos());
    before = now;
    while (due > 0 && nanos.getAsLong() - now <= MOST_NANOS) {
      due -= step();
    }
  }

  private void begin(List<Side> sides) {
    pass = sides;
    next = 0;
    walk = null;
  }

  /** Looks at one region. Returns how much it read. */
  private long step() {
    ProvenMemory.Walk current = walk;
    if (current == null) {
      current = pass.get(next).memory().walk();
      walk = current;
    }
    long read = current.read();
    String problem = current.step();
    read = current.read() - read;
    if (problem != null) {
      findings++;
      served.replace(pass.get(next), problem);
      begin(served.sides());
    } else if (current.done()) {
      walk = null;
      next++;
      if (next == pass.size()) {
        // In the same order again, or a side that became the other one would wait twice as long.
        passes++;
        next = 0;
      }
    }
    return Math.max(1, read);
  }
}
