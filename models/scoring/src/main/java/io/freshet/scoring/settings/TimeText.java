package io.freshet.scoring.settings;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as a models file writes them, a number and a unit: {@code 100ms 1.5s 10m 1h 30d}. */
final class TimeText {

  static final String FORM = "a duration such as 100ms, 60s, 10m, 1h or 30d";

  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
  private static final Map<String, Long> UNITS = units();

  private TimeText() {}

  private static Map<String, Long> units() {
    Map<String, Long> units = new LinkedHashMap<>();
    units.put("d", 86_400_000L);
    units.put("h", 3_600_000L);
    units.put("m", 60_000L);
    units.put("s", 1_000L);
    units.put("ms", 1L);
    return units;
  }

  /** The milliseconds of {@code text}; empty where it is no duration or no whole milliseconds. */
  static OptionalLong parse(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long unit = UNITS.getOrDefault(matcher.group(2), 1L);
    BigDecimal ms = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    try {
      return OptionalLong.of(ms.setScale(0, RoundingMode.UNNECESSARY).longValueExact());
    } catch (ArithmeticException notWholeOrTooLarge) {
      return OptionalLong.empty();
    }
  }

  /** {@code ms} in the largest unit that divides it. */
  static String of(long ms) {
    for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
      if (ms != 0 && ms % unit.getValue() == 0) {
        return ms / unit.getValue() + unit.getKey();
      }
    }
    return ms + "ms";
  }
}
