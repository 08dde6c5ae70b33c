package io.freshet.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * Events as JSON, one object a line. Unknown fields are ignored and a null is a field that is not
 * there. Heartbeats are written for people to see, never read: whoever sends events to Kafka makes
 * them. Safe for many threads.
 */
public final class EventJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ObjectReader reader =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build()
          .readerFor(JsonNode.class);

  /**
   * The event in {@code json}; it satisfies {@link EventRules}.
   *
   * @param sourceIndex of the event; JSON does not carry it
   * @throws UndecodableRecord naming the field and what came
   */
  public Event read(String json, long sourceIndex) throws UndecodableRecord {
    return read(tree(json), sourceIndex);
  }

  /** As {@link #read(String, long)}, for an element of a batch that was parsed already. */
  public Event read(JsonNode json, long sourceIndex) throws UndecodableRecord {
    JsonFields fields = new JsonFields(json);
    String type = fields.string("type");
    Event event =
        switch (type) {
          case "item" -> item(fields, sourceIndex);
          case "query" -> query(fields, sourceIndex);
          case "impression" -> impression(fields, sourceIndex);
          case "click" -> click(fields, sourceIndex);
          case "judgment" -> judgment(fields, sourceIndex);
          default ->
              throw new UndecodableRecord(
                  "type must be item, query, impression, click or judgment, got \"%s\""
                      .formatted(JsonFields.abridged(type)));
        };
    EventRules.check(event);
    return event;
  }

  private JsonNode tree(String json) throws UndecodableRecord {
    if (json.isBlank()) {
      throw new UndecodableRecord("event must be one JSON object, got an empty line");
    }
    try {
      return reader.readValue(json);
    } catch (JsonProcessingException e) {
      throw new UndecodableRecord(
          "event must be one JSON object, got %s: %s"
              .formatted(JsonFields.abridged(json), e.getOriginalMessage()),
          e);
    }
  }

  private static Event item(JsonFields fields, long sourceIndex) throws UndecodableRecord {
    return new ItemEvent(
        fields.string("itemId"),
        fields.integer("eventTime"),
        fields.attributes("attributes"),
        fields.optionalString("text"),
        fields.flag("removed"),
        fields.optionalString("eventId"),
        sourceIndex);
  }

  private static Event query(JsonFields fields, long sourceIndex) throws UndecodableRecord {
    return new QueryEvent(
        fields.string("queryId"),
        fields.optionalString("userId"),
        fields.string("text"),
        fields.integer("eventTime"),
        fields.strings("results"),
        fields.optionalString("eventId"),
        sourceIndex);
  }

  private static Event impression(JsonFields fields, long sourceIndex) throws UndecodableRecord {
    return new ImpressionEvent(
        fields.string("impressionId"),
        fields.string("itemId"),
        fields.integer("eventTime"),
        fields.optionalString("userId"),
        fields.smallInteger("position", 0),
        fields.optionalString("queryId"),
        fields.attributes("context"),
        served(fields.optionalObject("served")),
        fields.optionalNumber("propensity"),
        fields.optionalNumber("trueClickProbability"),
        fields.optionalString("eventId"),
        sourceIndex);
  }

  private static ImpressionEvent.@Nullable Served served(@Nullable JsonFields fields)
      throws UndecodableRecord {
    return fields == null
        ? null
        : new ImpressionEvent.Served(
            fields.string("model"),
            fields.integer("epoch", 0),
            fields.integer("version"),
            fields.number("score"));
  }

  private static Event click(JsonFields fields, long sourceIndex) throws UndecodableRecord {
    String action = fields.optionalString("action");
    Double value = fields.optionalNumber("value");
    return new ClickEvent(
        fields.optionalString("impressionId"),
        fields.optionalString("itemId"),
        fields.optionalString("userId"),
        fields.optionalString("queryId"),
        fields.integer("eventTime"),
        action == null ? "click" : action,
        value == null ? 1.0 : value,
        fields.optionalString("eventId"),
        sourceIndex);
  }

  private static Event judgment(JsonFields fields, long sourceIndex) throws UndecodableRecord {
    return new JudgmentEvent(
        fields.string("queryId"),
        fields.string("itemId"),
        fields.smallInteger("grade"),
        fields.integer("eventTime"),
        fields.optionalString("eventId"),
        sourceIndex);
  }

  /**
   * One line of JSON without its line end. What is absent is left out, and so is the source index.
   */
  public String write(Event event) {
    return toJson(event).toString();
  }

  /** The event as an object, for a batch. */
  public ObjectNode toJson(Event event) {
    ObjectNode json = NODES.objectNode();
    if (event instanceof ItemEvent e) {
      json.put("type", "item").put("itemId", e.itemId()).put("eventTime", e.eventTime());
      putAttributes(json, "attributes", e.attributes());
      putOptional(json, "text", e.text());
      json.put("removed", e.removed());
    } else if (event instanceof QueryEvent e) {
      json.put("type", "query").put("queryId", e.queryId());
      putOptional(json, "userId", e.userId());
      json.put("text", e.text()).put("eventTime", e.eventTime());
      json.set("results", strings(e.results()));
    } else if (event instanceof ImpressionEvent e) {
      putImpression(json, e);
    } else if (event instanceof ClickEvent e) {
      json.put("type", "click");
      putOptional(json, "impressionId", e.impressionId());
      putOptional(json, "itemId", e.itemId());
      putOptional(json, "userId", e.userId());
      putOptional(json, "queryId", e.queryId());
      json.put("eventTime", e.eventTime()).put("action", e.action()).put("value", e.value());
    } else if (event instanceof JudgmentEvent e) {
      json.put("type", "judgment").put("queryId", e.queryId()).put("itemId", e.itemId());
      json.put("grade", e.grade()).put("eventTime", e.eventTime());
    } else if (event instanceof Heartbeat e) {
      json.put("type", "heartbeat").put("eventTime", e.eventTime()).put("producer", e.producer());
    }
    putOptional(json, "eventId", event.eventId());
    return json;
  }

  private static void putImpression(ObjectNode json, ImpressionEvent e) {
    json.put("type", "impression").put("impressionId", e.impressionId()).put("itemId", e.itemId());
    json.put("eventTime", e.eventTime());
    putOptional(json, "userId", e.userId());
    if (e.position() != 0) {
      json.put("position", e.position());
    }
    putOptional(json, "queryId", e.queryId());
    putAttributes(json, "context", e.context());
    ImpressionEvent.Served served = e.served();
    if (served != null) {
      ObjectNode by = json.putObject("served").put("model", served.model());
      if (served.epoch() != 0) {
        by.put("epoch", served.epoch());
      }
      by.put("version", served.version()).put("score", served.score());
    }
    if (e.propensity() != null) {
      json.put("propensity", e.propensity());
    }
    if (e.trueClickProbability() != null) {
      json.put("trueClickProbability", e.trueClickProbability());
    }
  }

  private static void putOptional(ObjectNode json, String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  private static void putAttributes(ObjectNode json, String field, Map<String, Object> attributes) {
    if (attributes.isEmpty()) {
      return;
    }
    ObjectNode object = json.putObject(field);
    attributes.forEach(
        (name, value) -> {
          if (value instanceof List<?> list) {
            object.set(name, strings(list));
          } else if (value instanceof Double number) {
            object.put(name, number);
          } else {
            object.put(name, (String) value);
          }
        });
  }

  private static ArrayNode strings(List<?> list) {
    ArrayNode array = NODES.arrayNode(list.size());
    list.forEach(element -> array.add((String) element));
    return array;
  }
}
