package io.freshet.job.learner;

/** Names of what versions say of their gate, among the metrics of a manifest. */
public final class RoundMetrics {

  /** Rounds that passed, over all attempts. */
  public static final String PASSED = "gate.passed";

  /** Rounds that were refused. */
  public static final String REFUSED = "gate.refused";

  /** Rounds that passed although the gate would have refused them, or did not judge after that. */
  public static final String FORCED = "gate.forced";

  /** Examples that refused rounds took with them. */
  public static final String SKIPPED = "gate.skippedExamples";

  /** What scoring and judging cost an example, in microseconds of the learner's thread. */
  public static final String CPU_MICROS = "gate.cpuMicrosPerExample";

  /** Wall time from the round's end until it was judged, in milliseconds. */
  public static final String DELAY_MILLIS = "gate.delayMillis";

  private RoundMetrics() {}
}
