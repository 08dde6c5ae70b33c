package io.freshet.scoring.feature;

import io.freshet.scoring.settings.DecimalText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one raw value is, used as an id, a number, a bag or a text. A string that is empty and a
 * number that is not finite are missing.
 */
final class AttributeValue {

  private static final long[] EMPTY = {};

  private AttributeValue() {}

  /** The id of a string, or of a number's {@link DecimalText}; missing for a list. */
  static long id(@Nullable Object value, String where) {
    if (value instanceof String text) {
      return text.isEmpty() ? Ids.MISSING : Ids.of(text);
    }
    if (value instanceof Number number) {
      double x = number.doubleValue();
      return Double.isFinite(x) ? Ids.of(DecimalText.of(x)) : Ids.MISSING;
    }
    requireKnown(value, where);
    return Ids.MISSING;
  }

  /** The number itself; NaN for a string, also one that looks like a number, and for a list. */
  static double number(@Nullable Object value, String where) {
    if (value instanceof Number number) {
      double x = number.doubleValue();
      return Double.isFinite(x) ? x : Double.NaN;
    }
    requireKnown(value, where);
    return Double.NaN;
  }

  /** The ids of a list's strings, in its order; a single string or number is a bag of one. */
  static long[] bag(@Nullable Object value, String where) {
    if (!(value instanceof List<?> list)) {
      long id = id(value, where);
      return id == Ids.MISSING ? EMPTY : new long[] {id};
    }
    long[] ids = new long[list.size()];
    int n = 0;
    for (Object element : list) {
      if (!(element instanceof String text)) {
        throw unknown(element, where);
      }
      if (!text.isEmpty()) {
        ids[n++] = Ids.of(text);
      }
    }
    return n == ids.length ? ids : Arrays.copyOf(ids, n);
  }

  /**
   * The ids of a string's words: runs of letters and digits, in lower case, in the text's order.
   */
  static long[] words(@Nullable Object value, String where) {
    if (!(value instanceof String text)) {
      requireKnown(value, where);
      return EMPTY;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    long[] ids = new long[8];
    int n = 0;
    int start = -1;
    for (int i = 0; i <= lower.length(); ) {
      boolean end = i == lower.length();
      int point = end ? ' ' : lower.codePointAt(i);
      if (Character.isLetterOrDigit(point)) {
        start = start < 0 ? i : start;
      } else if (start >= 0) {
        ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
        ids[n++] = Ids.of(lower.substring(start, i));
        start = -1;
      }
      i += Character.charCount(point);
    }
    return n == 0 ? EMPTY : Arrays.copyOf(ids, n);
  }

  /** The string itself; empty for a number, for a list, and where there is none. */
  static String text(@Nullable Object value, String where) {
    if (value instanceof String text) {
      return text;
    }
    requireKnown(value, where);
    return "";
  }

  private static void requireKnown(@Nullable Object value, String where) {
    if (value != null
        && !(value instanceof String)
        && !(value instanceof Number)
        && !(value instanceof List<?>)) {
      throw unknown(value, where);
    }
  }

  private static IllegalArgumentException unknown(@Nullable Object value, String where) {
    return new IllegalArgumentException(
        "%s: must be a string, a number or a list of strings, got %s"
            .formatted(where, value == null ? "null" : value.getClass().getName()));
  }
}
