package io.freshet.scoring.settings;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a setting's value may be in the file. Ranges are checked later, on the whole model; a kind
 * only knows them to say them.
 *
 * @param label for the reference page
 * @param mustBe for messages, after "must be"
 * @param parse of what YAML gives (a map, list, string, number or boolean); null where it is not of
 *     this kind
 * @param show a value as the file would write it
 */
record Kind<T>(
    String label, String mustBe, Function<Object, @Nullable T> parse, Function<T, String> show) {

  /** Number with an exponent but no point, which YAML 1.1 takes for a string. */
  private static final Pattern EXPONENT = Pattern.compile("[-+]?\\d+(\\.\\d+)?[eE][-+]?\\d+");

  private static final String NEVER = "never";

  /** In a row's own updates, or in event time; both 0 = never. */
  record HalfLife(double updates, long ms) {

    static final HalfLife NONE = new HalfLife(0, 0);
  }

  static Kind<Integer> whole(Limit limit) {
    return new Kind<>(
        "whole number, " + limit,
        "a whole number, " + limit,
        node -> node instanceof Integer n ? n : null,
        String::valueOf);
  }

  static Kind<Long> large(String range) {
    return new Kind<>(
        "whole number" + range,
        "a whole number" + range,
        node ->
            node instanceof Integer || node instanceof Long ? ((Number) node).longValue() : null,
        String::valueOf);
  }

  static Kind<Double> number(Limit limit) {
    return new Kind<>("number, " + limit, "a number, " + limit, Kind::finite, DecimalText::of);
  }

  private static @Nullable Double finite(Object node) {
    double value = Double.NaN;
    if (node instanceof String text && EXPONENT.matcher(text).matches()) {
      value = Double.parseDouble(text);
    } else if (node instanceof Number number && !(node instanceof BigInteger)) {
      value = number.doubleValue();
    }
    return Double.isFinite(value) ? value : null;
  }

  static Kind<Boolean> flag() {
    return new Kind<>(
        "true or false",
        "true or false",
        node -> node instanceof Boolean flag ? flag : null,
        String::valueOf);
  }

  static Kind<String> text(String label) {
    return new Kind<>(
        label, label, node -> node instanceof String text ? text : null, text -> text);
  }

  static Kind<Long> duration() {
    return new Kind<>("duration", TimeText.FORM, Kind::milliseconds, TimeText::of);
  }

  static Kind<Long> durationOrNever() {
    return new Kind<>(
        "duration or `never`",
        TimeText.FORM + ", or never",
        node -> NEVER.equals(node) ? Long.valueOf(0) : milliseconds(node),
        ms -> ms == 0 ? NEVER : TimeText.of(ms));
  }

  private static @Nullable Long milliseconds(Object node) {
    OptionalLong ms = node instanceof String text ? TimeText.parse(text) : OptionalLong.empty();
    return ms.isPresent() ? Long.valueOf(ms.getAsLong()) : null;
  }

  static Kind<HalfLife> halfLife() {
    return new Kind<>(
        "number (of updates), duration or `never`",
        "a number of updates, " + TimeText.FORM + ", or never",
        Kind::halfLife,
        Kind::show);
  }

  private static @Nullable HalfLife halfLife(Object node) {
    if (NEVER.equals(node)) {
      return HalfLife.NONE;
    }
    Long ms = milliseconds(node);
    if (ms != null) {
      return new HalfLife(0, ms);
    }
    Double updates = finite(node);
    return updates == null ? null : new HalfLife(updates, 0);
  }

  private static String show(HalfLife halfLife) {
    if (halfLife.equals(HalfLife.NONE)) {
      return NEVER;
    }
    return halfLife.ms > 0 ? TimeText.of(halfLife.ms) : DecimalText.of(halfLife.updates);
  }

  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    String names =
        Arrays.stream(type.getEnumConstants())
            .map(ModelSettingsChecks::lower)
            .collect(Collectors.joining(", "));
    return new Kind<>(
        "one of " + names,
        "one of " + names,
        node ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> ModelSettingsChecks.lower(constant).equals(node))
                .findFirst()
                .orElse(null),
        ModelSettingsChecks::lower);
  }

  static <E> Kind<List<E>> list(Kind<E> element) {
    return new Kind<>(
        "list of: " + element.label,
        "a list, each " + element.mustBe,
        node -> node instanceof List<?> nodes ? elements(nodes, element) : null,
        values -> values.stream().map(element.show).collect(Collectors.joining(", ", "[", "]")));
  }

  /** A list, or one value that stands for a list of it. */
  static Kind<List<String>> oneOrSeveral(Kind<String> element) {
    Kind<List<String>> several = list(element);
    return new Kind<>(
        element.label + ", or a list",
        element.mustBe + ", or a list",
        node -> node instanceof String one ? List.of(one) : several.parse.apply(node),
        several.show);
  }

  private static <E> @Nullable List<E> elements(List<?> nodes, Kind<E> element) {
    List<E> values = new ArrayList<>();
    for (Object node : nodes) {
      E value = node == null ? null : element.parse.apply(node);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values;
  }
}
