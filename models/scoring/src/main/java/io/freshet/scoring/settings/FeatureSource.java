package io.freshet.scoring.settings;

import org.jspecify.annotations.Nullable;

/**
 * Where a feature's value comes from, as {@code from:} names it.
 *
 * @param name of the attribute, the context value or the history; empty for the other kinds
 */
public record FeatureSource(Kind kind, String name) {

  /** The kinds of {@code from:}. */
  public enum Kind {
    ITEM_ID,
    ITEM_ATTRIBUTE,
    CONTEXT,
    USER_ID,
    POSITION,
    EVENT_HOUR,
    EVENT_WEEKDAY,
    QUERY_TEXT,
    HISTORY_LAST
  }

  /** What may stand in {@code from:}, for messages and the reference page. */
  public static final String FORMS =
      "item.id, item.NAME, context.NAME, user.id, query.text, position, event.hour, event.weekday or"
          + " HISTORY.last";

  private static final String ITEM = "item.";
  private static final String CONTEXT_PREFIX = "context.";
  private static final String LAST = ".last";

  /** The source that {@code from}, known to be valid, names. */
  public static FeatureSource of(String from) {
    FeatureSource source = parse(from);
    if (source == null) {
      throw new IllegalArgumentException("from must be " + FORMS + ", got " + from);
    }
    return source;
  }

  /** The source that {@code from} names, or null where it names none. */
  public static @Nullable FeatureSource parse(String from) {
    switch (from) {
      case "item.id":
        return new FeatureSource(Kind.ITEM_ID, "");
      case "user.id":
        return new FeatureSource(Kind.USER_ID, "");
      case "query.text":
        return new FeatureSource(Kind.QUERY_TEXT, "");
      case "position":
        return new FeatureSource(Kind.POSITION, "");
      case "event.hour":
        return new FeatureSource(Kind.EVENT_HOUR, "");
      case "event.weekday":
        return new FeatureSource(Kind.EVENT_WEEKDAY, "");
      default:
        return parseNamed(from);
    }
  }

  private static @Nullable FeatureSource parseNamed(String from) {
    if (from.startsWith(ITEM)) {
      return named(Kind.ITEM_ATTRIBUTE, from.substring(ITEM.length()));
    }
    if (from.startsWith(CONTEXT_PREFIX)) {
      return named(Kind.CONTEXT, from.substring(CONTEXT_PREFIX.length()));
    }
    if (from.endsWith(LAST)
        && !from.startsWith("user.")
        && !from.startsWith("query.")
        && !from.startsWith("event.")) {
      return named(Kind.HISTORY_LAST, from.substring(0, from.length() - LAST.length()));
    }
    return null;
  }

  private static @Nullable FeatureSource named(Kind kind, String name) {
    return name.isBlank() ? null : new FeatureSource(kind, name);
  }

  /** Whether the value is the item's own, so that history entries have it as well. */
  public boolean isOfItem() {
    return kind == Kind.ITEM_ID || kind == Kind.ITEM_ATTRIBUTE;
  }

  /** Whether the value may be a number: ids never are. */
  public boolean mayBeNumber() {
    return switch (kind) {
      case ITEM_ATTRIBUTE, CONTEXT, EVENT_HOUR, EVENT_WEEKDAY -> true;
      case ITEM_ID, USER_ID, POSITION, QUERY_TEXT, HISTORY_LAST -> false;
    };
  }

  /** Whether the value is an attribute or a context value, which may be a list or a text. */
  public boolean isAttribute() {
    return kind == Kind.ITEM_ATTRIBUTE || kind == Kind.CONTEXT;
  }

  /** Whether the value may be a text of several words. */
  public boolean mayBeText() {
    return isAttribute() || kind == Kind.QUERY_TEXT;
  }
}
