package io.freshet.job.learner;

import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What an example costs this attempt, from its first step on. */
final class Costs {

  private final LongSupplier cpuNanos;
  private long began;
  private long gateNanos;
  private long examples;

  /**
   * @param cpuNanos processor time of the learner's thread; always 0 where it is not measured
   */
  Costs(LongSupplier cpuNanos) {
    this.cpuNanos = cpuNanos;
  }

  void learnt(int count) {
    if (examples == 0) {
      began = cpuNanos.getAsLong();
      gateNanos = 0;
    }
    examples += count;
  }

  /** Does something for the gate. */
  <T> T gate(Supplier<T> work) {
    long before = cpuNanos.getAsLong();
    T result = work.get();
    gateNanos += cpuNanos.getAsLong() - before;
    return result;
  }

  /** Says nothing where it is unknown. */
  void metrics(Map<String, Double> into) {
    long nanos = cpuNanos.getAsLong() - began;
    if (nanos > 0 && examples > 0) {
      into.put(LearnerLoop.CPU_MICROS, nanos / 1e3 / examples);
      into.put(RoundMetrics.CPU_MICROS, gateNanos / 1e3 / examples);
    }
  }
}
