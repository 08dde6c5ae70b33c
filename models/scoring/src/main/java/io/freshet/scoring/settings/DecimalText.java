package io.freshet.scoring.settings;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The canonical text of a double: the shortest decimal that reads back as the same double (of two
 * equally short ones the nearer), in plain notation, {@code -0} as {@code 0}. Ids of numbers and
 * the canonical settings are made of it, so it must not depend on the JDK as {@link
 * Double#toString} does.
 */
public final class DecimalText {

  /** Above it not every whole number is a double. */
  private static final double EXACT_WHOLE = 0x1p53;

  private static final int ENOUGH_DIGITS = 17;

  private DecimalText() {}

  /** {@code value} must be finite. */
  public static String of(double value) {
    if (Math.rint(value) == value && Math.abs(value) <= EXACT_WHOLE) {
      return Long.toString((long) value);
    }
    return shortest(value).toPlainString();
  }

  /** The shortest decimal itself, without trailing zeros. */
  static BigDecimal shortest(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a decimal's value must be finite, got " + value);
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal rounded = exact;
    for (int digits = 1; digits <= ENOUGH_DIGITS; digits++) {
      rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        break;
      }
    }
    return rounded.stripTrailingZeros();
  }
}
