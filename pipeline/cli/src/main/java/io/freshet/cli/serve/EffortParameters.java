package io.freshet.cli.serve;

import io.freshet.cli.http.RequestRefused;
import io.freshet.serving.Effort;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How much of a boosted network a request wants evaluated. */
final class EffortParameters {

  static final String UNITS = "units";
  static final String BUDGET_US = "budgetUs";

  private EffortParameters() {}

  /**
   * @param units most hidden units of the prefix; null where it is not cut by them
   * @param budgetUs microseconds that the call may take; null where it is not cut by time
   */
  static Effort of(@Nullable String units, @Nullable String budgetUs) {
    if (units != null && budgetUs != null) {
      throw RequestRefused.bad(
          "at most one of %s and %s may be given, got both".formatted(UNITS, BUDGET_US));
    }
    if (units != null) {
      return Effort.units((int) number(UNITS, units));
    }
    return budgetUs == null
        ? Effort.WHOLE
        : Effort.within(Duration.ofNanos(1_000 * number(BUDGET_US, budgetUs)));
  }

  private static long number(String name, String text) {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw RequestRefused.bad(
          "%s must be a whole number from 1 to 999999999, got %s".formatted(name, text));
    }
    return Long.parseLong(text);
  }
}
