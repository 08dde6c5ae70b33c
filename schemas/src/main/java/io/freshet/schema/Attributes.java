package io.freshet.schema;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Attribute and context values as they come from Avro, made independent of it. */
public final class Attributes {

  private Attributes() {}

  /**
   * {@code values} itself, made unmodifiable, with unmodifiable lists in place of Avro's arrays.
   * The caller gives the map away.
   */
  public static Map<String, Object> fromAvro(Map<String, Object> values) {
    if (values.isEmpty()) {
      return Map.of();
    }
    values.replaceAll((name, value) -> value instanceof List<?> list ? List.copyOf(list) : value);
    return Collections.unmodifiableMap(values);
  }
}
