package io.freshet.scoring.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The canonical JSON of a model's settings: no blanks, keys in alphabetical order, every setting
 * present, names of choices in lower case, numbers as {@link DecimalText}. Equal settings have
 * equal text, on any JDK; it is part of every version of the model.
 */
public final class ModelSettingsJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ModelSettingsJson() {}

  /** The canonical text of {@code settings}. */
  public static String write(ModelSettings settings) {
    StringBuilder json = new StringBuilder();
    write(MAPPER.valueToTree(settings), json);
    return json.toString();
  }

  /**
   * The settings that {@link #write} wrote as {@code json}.
   *
   * @throws InvalidSettings where it is not JSON, lacks or does not know a setting, or has settings
   *     that cannot work
   */
  public static ModelSettings read(String json) {
    try {
      return MAPPER.readValue(json, ModelSettings.class);
    } catch (JsonProcessingException wrong) {
      for (Throwable cause = wrong; cause != null; cause = cause.getCause()) {
        if (cause instanceof InvalidSettings invalid) {
          throw invalid;
        }
      }
      throw new InvalidSettings(
          List.of(
              "settings: must be the canonical JSON of a model's settings, got: "
                  + wrong.getOriginalMessage()));
    }
  }

  private static void write(JsonNode node, StringBuilder json) {
    if (node.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.properties().forEach(property -> sorted.put(property.getKey(), property.getValue()));
      String separator = "{";
      for (Map.Entry<String, JsonNode> property : sorted.entrySet()) {
        json.append(separator).append('"').append(property.getKey()).append("\":");
        write(property.getValue(), json);
        separator = ",";
      }
      json.append('}');
    } else if (node.isArray()) {
      json.append('[');
      for (int i = 0; i < node.size(); i++) {
        json.append(i == 0 ? "" : ",");
        write(node.get(i), json);
      }
      json.append(']');
    } else if (node.isDouble()) {
      json.append(DecimalText.of(node.doubleValue()));
    } else {
      json.append(node);
    }
  }
}
