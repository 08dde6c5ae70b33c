package io.freshet.cli.collect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.http.RequestRefused;
import io.freshet.schema.EventJson;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request brings: one event or an array of them as JSON, or JSON lines where its content
 * type says so. A part that is no event does not stand in the way of the others.
 */
final class EventBatch {

  /** Most events of a request. */
  static final int MOST_EVENTS = 10_000;

  private static final List<String> LINES = List.of("application/x-ndjson", "application/jsonl");

  private final ObjectReader json =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build()
          .readerFor(JsonNode.class);
  private final EventJson events = new EventJson();

  /**
   * One part of a request.
   *
   * @param place where it stands in the request, for people: {@code line 3}, {@code event 0}
   * @param event null where it is none
   * @param reason why it is none; null where it is one
   */
  record Part(String place, @Nullable Event event, @Nullable String reason) {}

  private interface Reading {
    Event event() throws UndecodableRecord;
  }

  /**
   * @throws RequestRefused if the body holds no events at all, or too many
   */
  List<Part> read(@Nullable String contentType, String body) {
    List<Part> parts = isLines(contentType) ? lines(body) : document(body);
    if (parts.isEmpty() || parts.size() > MOST_EVENTS) {
      throw RequestRefused.bad(
          "events must be 1 to %d, got %d".formatted(MOST_EVENTS, parts.size()));
    }
    return parts;
  }

  private static boolean isLines(@Nullable String contentType) {
    return contentType != null
        && LINES.contains(contentType.replaceAll(";.*", "").strip().toLowerCase(Locale.ROOT));
  }

  private List<Part> lines(String body) {
    List<Part> parts = new ArrayList<>();
    String[] lines = body.split("\r?\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (!line.isBlank()) {
        parts.add(part("line " + (i + 1), () -> events.read(line, Event.NO_SOURCE_INDEX)));
      }
    }
    return parts;
  }

  private List<Part> document(String body) {
    JsonNode tree = tree(body);
    List<Part> parts = new ArrayList<>();
    if (tree.isArray()) {
      for (JsonNode element : tree) {
        parts.add(part("event " + parts.size(), () -> events.read(element, Event.NO_SOURCE_INDEX)));
      }
    } else {
      parts.add(part("event 0", () -> events.read(tree, Event.NO_SOURCE_INDEX)));
    }
    return parts;
  }

  private JsonNode tree(String body) {
    if (body.isBlank()) {
      throw RequestRefused.bad("a request must bring events, got nothing");
    }
    try {
      return json.readValue(body);
    } catch (JsonProcessingException e) {
      throw RequestRefused.bad(
          "a request must bring an event or an array of them as JSON, or JSON lines with content type %s; line %d is not: %s"
              .formatted(
                  LINES.get(0),
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()));
    }
  }

  private static Part part(String place, Reading reading) {
    try {
      return new Part(place, reading.event(), null);
    } catch (UndecodableRecord e) {
      return new Part(place, null, String.valueOf(e.getMessage()));
    }
  }
}
