package io.freshet.cli.report;

import io.freshet.job.learner.RoundMetrics;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model's gate has decided, as its newest version says.
 *
 * @param passed rounds that could become versions, the forced ones included
 * @param refused rounds that were unlearnt
 * @param forced rounds that passed because refusals did not help, or unjudged since
 * @param skippedExamples examples that refused rounds took with them
 */
public record GateTotals(long passed, long refused, long forced, long skippedExamples) {

  /** Null where the version has no gate. */
  static @Nullable GateTotals of(Map<String, Double> metrics) {
    Double passed = metrics.get(RoundMetrics.PASSED);
    Double refused = metrics.get(RoundMetrics.REFUSED);
    Double forced = metrics.get(RoundMetrics.FORCED);
    Double skipped = metrics.get(RoundMetrics.SKIPPED);
    if (passed == null || refused == null || forced == null || skipped == null) {
      return null;
    }
    return new GateTotals(
        passed.longValue() + forced.longValue(),
        refused.longValue(),
        forced.longValue(),
        skipped.longValue());
  }
}
