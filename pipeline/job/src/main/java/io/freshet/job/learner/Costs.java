package io.freshet.job.learner;

import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What an example costs this attempt, from its first step on, and how long a round is judged. */
final class Costs {

  private final LongSupplier cpuNanos;
  private final LongSupplier wallMillis;
  private long began;
  private long gateNanos;
  private long examples;
  private long roundEndedAt;
  private long delayMillis;

  /**
   * @param cpuNanos processor time of the learner's thread; always 0 where it is not measured
   * @param wallMillis milliseconds of wall time
   */
  Costs(LongSupplier cpuNanos, LongSupplier wallMillis) {
    this.cpuNanos = cpuNanos;
    this.wallMillis = wallMillis;
    this.roundEndedAt = wallMillis.getAsLong();
  }

  /** A round has ended, and is to be judged. */
  void roundEnded() {
    roundEndedAt = wallMillis.getAsLong();
  }

  /** It was judged. */
  void judged() {
    delayMillis = wallMillis.getAsLong() - roundEndedAt;
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

  /** Wall time from the end of the round that was judged last until then. */
  double judgedAfterMillis() {
    return delayMillis;
  }

  /** Says nothing of what is unknown. */
  void metrics(Map<String, Double> into) {
    long nanos = cpuNanos.getAsLong() - began;
    if (nanos > 0 && examples > 0) {
      into.put(LearnerLoop.CPU_MICROS, nanos / 1e3 / examples);
      into.put(RoundMetrics.CPU_MICROS, gateNanos / 1e3 / examples);
    }
  }
}
