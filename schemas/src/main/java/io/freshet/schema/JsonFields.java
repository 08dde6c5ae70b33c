package io.freshet.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object by name and type; whatever is missing or of another type is refused
 * by name.
 */
final class JsonFields {

  private static final int SHOWN_CHARS = 60;

  private final JsonNode object;
  private final String path;

  JsonFields(JsonNode json) throws UndecodableRecord {
    this(json, "");
    if (!json.isObject()) {
      throw new UndecodableRecord("event must be one JSON object, got " + shown(json));
    }
  }

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  String string(String field) throws UndecodableRecord {
    return required(optionalString(field), field);
  }

  @Nullable String optionalString(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !value.isTextual()) {
      throw wrong(field, "a string", value);
    }
    return value == null ? null : value.textValue();
  }

  long integer(String field) throws UndecodableRecord {
    return required(optionalInteger(field), field);
  }

  long integer(String field, long absent) throws UndecodableRecord {
    Long value = optionalInteger(field);
    return value == null ? absent : value;
  }

  private @Nullable Long optionalInteger(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
      throw wrong(field, "a 64-bit integer", value);
    }
    return value == null ? null : value.longValue();
  }

  int smallInteger(String field) throws UndecodableRecord {
    return required(optionalSmallInteger(field), field);
  }

  int smallInteger(String field, int absent) throws UndecodableRecord {
    Integer value = optionalSmallInteger(field);
    return value == null ? absent : value;
  }

  private @Nullable Integer optionalSmallInteger(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !(value.isIntegralNumber() && value.canConvertToInt())) {
      throw wrong(field, "a 32-bit integer", value);
    }
    return value == null ? null : value.intValue();
  }

  double number(String field) throws UndecodableRecord {
    return required(optionalNumber(field), field);
  }

  @Nullable Double optionalNumber(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !value.isNumber()) {
      throw wrong(field, "a number", value);
    }
    return value == null ? null : value.doubleValue();
  }

  /** False when absent. */
  boolean flag(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !value.isBoolean()) {
      throw wrong(field, "true or false", value);
    }
    return value != null && value.booleanValue();
  }

  /** Empty when absent. */
  List<String> strings(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(field, "a list of strings", value);
    }
    return strings(field, value);
  }

  private List<String> strings(String field, JsonNode array) throws UndecodableRecord {
    List<String> strings = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      if (!element.isTextual()) {
        throw wrong(field, "a list of strings", element);
      }
      strings.add(element.textValue());
    }
    return Collections.unmodifiableList(strings);
  }

  @Nullable JsonFields optionalObject(String field) throws UndecodableRecord {
    JsonNode value = value(field);
    if (value != null && !value.isObject()) {
      throw wrong(field, "an object", value);
    }
    return value == null ? null : new JsonFields(value, path + field + ".");
  }

  /** Empty when absent; in the order of the text. */
  Map<String, Object> attributes(String field) throws UndecodableRecord {
    JsonFields values = optionalObject(field);
    if (values == null || values.object.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : values.object.properties()) {
      JsonNode value = entry.getValue();
      if (value.isTextual()) {
        attributes.put(entry.getKey(), value.textValue());
      } else if (value.isNumber()) {
        attributes.put(entry.getKey(), value.doubleValue());
      } else if (value.isArray()) {
        attributes.put(entry.getKey(), values.strings(entry.getKey(), value));
      } else if (!value.isNull()) {
        throw values.wrong(entry.getKey(), "a string, a number or a list of strings", value);
      }
    }
    return Collections.unmodifiableMap(attributes);
  }

  private @Nullable JsonNode value(String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private <T> T required(@Nullable T value, String field) throws UndecodableRecord {
    if (value == null) {
      throw new UndecodableRecord(
          "%s%s must be there, got %s".formatted(path, field, shown(object)));
    }
    return value;
  }

  private UndecodableRecord wrong(String field, String type, JsonNode came) {
    return new UndecodableRecord(
        "%s%s must be %s, got %s".formatted(path, field, type, shown(came)));
  }

  private static String shown(JsonNode json) {
    return abridged(json.toString());
  }

  /** {@code text}, or its beginning and its length. */
  static String abridged(String text) {
    return text.length() <= SHOWN_CHARS
        ? text
        : "%s... (%d characters)".formatted(text.substring(0, SHOWN_CHARS), text.length());
  }
}
