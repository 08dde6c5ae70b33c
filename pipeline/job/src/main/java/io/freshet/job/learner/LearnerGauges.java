package io.freshet.job.learner;

import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where a learner stands, for whoever watches it: set by the learner's thread, read by any. NaN
 * until it is known.
 */
public final class LearnerGauges {

  /** Figures of a version that are gauges as well. */
  private static final Map<LearnerGauge, String> SHOWN =
      Map.of(
          LearnerGauge.LOG_LOSS, "recent.logLoss",
          LearnerGauge.AUC, "recent.auc",
          LearnerGauge.CALIBRATION, "recent.calibration",
          LearnerGauge.GATE_PASSED, RoundMetrics.PASSED,
          LearnerGauge.GATE_REFUSED, RoundMetrics.REFUSED,
          LearnerGauge.GATE_FORCED, RoundMetrics.FORCED,
          LearnerGauge.GATE_SKIPPED, RoundMetrics.SKIPPED);

  private final Set<LearnerGauge> kinds;
  private final AtomicLongArray values;

  /**
   * @param kinds that its owner sets; no other is ever reported
   */
  LearnerGauges(Set<LearnerGauge> kinds) {
    this.kinds = Set.copyOf(kinds);
    this.values = new AtomicLongArray(LearnerGauge.values().length);
    for (int i = 0; i < values.length(); i++) {
      values.set(i, Double.doubleToRawLongBits(Double.NaN));
    }
  }

  /** Of a model's loop. */
  static LearnerGauges ofModel(boolean gate, boolean wantsGpu) {
    Set<LearnerGauge> kinds = EnumSet.allOf(LearnerGauge.class);
    if (!gate) {
      kinds.removeAll(EnumSet.range(LearnerGauge.GATE_PASSED, LearnerGauge.GATE_SKIPPED));
    }
    if (!wantsGpu) {
      kinds.remove(LearnerGauge.ON_GPU);
    }
    return new LearnerGauges(kinds);
  }

  /** Those that are set. */
  public Set<LearnerGauge> kinds() {
    return kinds;
  }

  void set(LearnerGauge kind, double value) {
    values.lazySet(kind.ordinal(), Double.doubleToRawLongBits(value));
  }

  /** At a round's end: what its version says, and how large its tables are. */
  void show(Map<String, Double> metrics, ModelState state) {
    SHOWN.forEach((kind, name) -> set(kind, metrics.getOrDefault(name, Double.NaN)));
    long rows = 0;
    for (RowTable table : state.tables().values()) {
      rows += table.size();
    }
    set(LearnerGauge.TABLE_ROWS, rows);
  }

  public double get(LearnerGauge kind) {
    return Double.longBitsToDouble(values.get(kind.ordinal()));
  }
}
