package io.freshet.schema;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every event must satisfy beyond its types. Whether its time is plausible beside the record's
 * append time, and whether a click contradicts its impression, is judged where those are known.
 */
public final class EventRules {

  /** Longest id, action, producer or attribute name; UTF-8 bytes. */
  public static final int MAX_ID_BYTES = 1_024;

  /** Longest attribute or context string, alone or in a list; UTF-8 bytes. */
  public static final int MAX_VALUE_BYTES = 4_096;

  /** Longest item or query text; UTF-8 bytes. */
  public static final int MAX_TEXT_BYTES = 65_536;

  /** Most attributes of an item, context values of an impression, and strings in one list. */
  public static final int MAX_ENTRIES = 1_024;

  /** Event times lie before 2100; milliseconds since 1970 UTC. */
  public static final long END_OF_TIMES = 4_102_444_800_000L;

  /** The action that stands for the lack of any, so no event may carry it. */
  public static final String RESERVED_ACTION = "none";

  private EventRules() {}

  /**
   * @throws UndecodableRecord naming the first field that breaks a rule
   */
  public static void check(Event event) throws UndecodableRecord {
    time(event);
    optionalId(event.eventId(), "eventId");
    if (event.sourceIndex() < Event.NO_SOURCE_INDEX) {
      throw broken("index must be >= -1", event.sourceIndex(), "sourceIndex");
    }
    if (event instanceof ImpressionEvent impression) {
      impression(impression);
    } else if (event instanceof ClickEvent click) {
      click(click);
    } else if (event instanceof ItemEvent item) {
      id(item.itemId(), "itemId");
      attributes(item.attributes(), "attributes");
      text(item.text(), "text");
    } else if (event instanceof QueryEvent query) {
      query(query);
    } else if (event instanceof JudgmentEvent judgment) {
      id(judgment.queryId(), "queryId");
      id(judgment.itemId(), "itemId");
    } else if (event instanceof Heartbeat heartbeat) {
      id(heartbeat.producer(), "producer");
    }
  }

  private static void time(Event event) throws UndecodableRecord {
    long time = event.eventTime();
    if (event instanceof Heartbeat && time == Heartbeat.END_OF_TIME) {
      return;
    }
    if (time < 0 || time >= END_OF_TIMES) {
      throw broken(
          "time must be milliseconds since 1970 UTC, from 0 to before %d (year 2100)"
              .formatted(END_OF_TIMES),
          time,
          "eventTime");
    }
  }

  private static void impression(ImpressionEvent impression) throws UndecodableRecord {
    id(impression.impressionId(), "impressionId");
    id(impression.itemId(), "itemId");
    optionalId(impression.userId(), "userId");
    optionalId(impression.queryId(), "queryId");
    if (impression.position() < 0) {
      throw broken("position must be >= 0", impression.position(), "position");
    }
    attributes(impression.context(), "context");
    ImpressionEvent.Served served = impression.served();
    if (served != null) {
      id(served.model(), "served.model");
      if (served.epoch() < 0) {
        throw broken("epoch must be >= 0", served.epoch(), "served.epoch");
      }
      if (served.version() < 0) {
        throw broken("version must be >= 0", served.version(), "served.version");
      }
      finite(served.score(), "served.score");
    }
    Double propensity = impression.propensity();
    if (propensity != null && !(propensity > 0 && propensity <= 1)) {
      throw broken("propensity must be > 0 and <= 1", propensity, "propensity");
    }
    Double probability = impression.trueClickProbability();
    if (probability != null && !(probability >= 0 && probability <= 1)) {
      throw broken("probability must be >= 0 and <= 1", probability, "trueClickProbability");
    }
  }

  private static void click(ClickEvent click) throws UndecodableRecord {
    optionalId(click.impressionId(), "impressionId");
    optionalId(click.itemId(), "itemId");
    optionalId(click.userId(), "userId");
    optionalId(click.queryId(), "queryId");
    if (click.impressionId() == null && (click.queryId() == null || click.itemId() == null)) {
      throw new UndecodableRecord(
          "click must name impressionId, or queryId and itemId, got queryId=%s and itemId=%s"
              .formatted(click.queryId(), click.itemId()));
    }
    id(click.action(), "action");
    if (click.action().equals(RESERVED_ACTION)) {
      throw broken("action must name an outcome", click.action(), "action");
    }
    finite(click.value(), "value");
  }

  private static void query(QueryEvent query) throws UndecodableRecord {
    id(query.queryId(), "queryId");
    optionalId(query.userId(), "userId");
    if (query.text().isEmpty() || exceeds(query.text(), MAX_TEXT_BYTES)) {
      throw broken(
          "text must be 1 to %d bytes".formatted(MAX_TEXT_BYTES), utf8Bytes(query.text()), "text");
    }
    for (String result : query.results()) {
      id(result, "results");
    }
  }

  private static void attributes(Map<String, Object> attributes, String field)
      throws UndecodableRecord {
    if (attributes.size() > MAX_ENTRIES) {
      throw broken("entries must be at most " + MAX_ENTRIES, attributes.size(), field);
    }
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      id(attribute.getKey(), field);
      Object value = attribute.getValue();
      if (value instanceof String string) {
        atMost(string, MAX_VALUE_BYTES, "string", field, attribute.getKey());
      } else if (value instanceof Double number) {
        if (!Double.isFinite(number)) {
          throw broken("number must be finite", number, field + "." + attribute.getKey());
        }
      } else if (value instanceof List<?> list) {
        strings(list, field, attribute.getKey());
      } else {
        throw broken(
            "value must be a string, a number or a list of strings",
            value == null ? "null" : value.getClass().getSimpleName(),
            field + "." + attribute.getKey());
      }
    }
  }

  private static void strings(List<?> list, String field, String key) throws UndecodableRecord {
    if (list.size() > MAX_ENTRIES) {
      throw broken("entries must be at most " + MAX_ENTRIES, list.size(), field + "." + key);
    }
    for (Object element : list) {
      if (!(element instanceof String string)) {
        throw broken(
            "list must hold strings",
            element == null ? "null" : element.getClass().getSimpleName(),
            field + "." + key);
      }
      atMost(string, MAX_VALUE_BYTES, "string", field, key);
    }
  }

  private static void optionalId(@Nullable String id, String field) throws UndecodableRecord {
    if (id != null) {
      id(id, field);
    }
  }

  private static void id(String id, String field) throws UndecodableRecord {
    if (id.isEmpty() || exceeds(id, MAX_ID_BYTES)) {
      throw broken("id must be 1 to %d bytes".formatted(MAX_ID_BYTES), utf8Bytes(id), field);
    }
  }

  private static void text(@Nullable String text, String field) throws UndecodableRecord {
    if (text != null && exceeds(text, MAX_TEXT_BYTES)) {
      throw broken(
          "text must be at most %d bytes".formatted(MAX_TEXT_BYTES), utf8Bytes(text), field);
    }
  }

  private static void atMost(String string, int bytes, String what, String field, String key)
      throws UndecodableRecord {
    if (exceeds(string, bytes)) {
      throw broken(
          "%s must be at most %d bytes".formatted(what, bytes),
          utf8Bytes(string),
          field + "." + key);
    }
  }

  private static void finite(double value, String field) throws UndecodableRecord {
    if (!Double.isFinite(value)) {
      throw broken("number must be finite", value, field);
    }
  }

  private static boolean exceeds(String string, int bytes) {
    // A UTF-16 unit takes one to three bytes, so most strings need no counting.
    return string.length() * 3L > bytes && utf8Bytes(string) > bytes;
  }

  private static int utf8Bytes(String string) {
    int bytes = 0;
    for (int i = 0; i < string.length(); i++) {
      char unit = string.charAt(i);
      // Each half of a surrogate pair stands for two of the pair's four bytes.
      bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
    }
    return bytes;
  }

  private static UndecodableRecord broken(String rule, Object came, String field) {
    return new UndecodableRecord("%s, got %s in %s".formatted(rule, came, field));
  }
}
