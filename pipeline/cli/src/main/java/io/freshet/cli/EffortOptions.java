package io.freshet.cli;

import io.freshet.serving.Effort;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How much of a boosted network a command evaluates: all of it, unless told otherwise. */
public final class EffortOptions {

  @Option(
      names = "--units",
      paramLabel = "N",
      description = "Score by the longest offered prefix of at most N units (boosted-mlp).")
  private @Nullable Integer units;

  @Option(
      names = "--budget",
      paramLabel = "DURATION",
      converter = BudgetConverter.class,
      description =
          "Score by as long a prefix as a call can evaluate in DURATION, such as 500us or 2ms "
              + "(boosted-mlp).")
  private @Nullable Duration budget;

  /** Whether anything is said of it. */
  boolean given() {
    return units != null || budget != null;
  }

  Effort effort() {
    if (units != null && budget != null) {
      throw new WrongUse("at most one of --units and --budget may be given, got both");
    }
    try {
      if (budget != null) {
        return Effort.within(budget);
      }
      return units == null ? Effort.WHOLE : Effort.units(units);
    } catch (IllegalArgumentException e) {
      throw new WrongUse((units == null ? "--budget: " : "--units: ") + e.getMessage(), e);
    }
  }

  /** Reads a number with a unit, or the ISO form. */
  static final class BudgetConverter implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(us|ms|s)");
    private static final Map<String, Long> NANOS =
        Map.of("us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (matcher.matches()) {
        BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(matcher.group(2), 1L));
        BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(unit);
        return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
      }
      try {
        return Duration.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "must be a duration such as 500us, 2ms, 1s or PT0.002S, got \"%s\"".formatted(text));
      }
    }
  }
}
