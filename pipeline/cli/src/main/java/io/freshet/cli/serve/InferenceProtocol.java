package io.freshet.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.http.RequestRefused;
import io.freshet.serving.Scores;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Open Inference Protocol's JSON (version 2), for models whose inputs are ids: {@code itemId}
 * (BYTES, [n]) is what is scored, {@code userId} (BYTES, [1]) for whom, {@code context.NAME} a
 * context value: BYTES or a number of shape [1], or BYTES of shape [1, k], a list of strings.
 * Outputs are {@code probability} and {@code logit} (FP32, [n]).
 */
final class InferenceProtocol {

  static final String ITEM_ID = "itemId";
  static final String USER_ID = "userId";
  static final String CONTEXT = "context.";
  static final String PROBABILITY = "probability";
  static final String LOGIT = "logit";

  private static final String BYTES = "BYTES";
  private static final Set<String> NUMBERS =
      Set.of(
          "FP16", "FP32", "FP64", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32",
          "UINT64");
  private static final List<String> OUTPUTS = List.of(PROBABILITY, LOGIT);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private InferenceProtocol() {}

  /**
   * A request's meaning.
   *
   * @param id to be sent back; null where none came
   * @param outputs the tensors that are wanted
   */
  record Inference(@Nullable String id, ScoreRequest request, List<String> outputs) {}

  /** One tensor of a request: its elements in row-major order. */
  private record Input(String name, List<Long> shape, String type, List<JsonNode> data) {

    boolean isOne() {
      return shape.equals(List.of(1L));
    }
  }

  /**
   * @throws RequestRefused if it is no request that a model can answer
   */
  static Inference read(JsonNode json) {
    if (!json.isObject()) {
      throw RequestRefused.bad("a request must be a JSON object, got " + abridged(json));
    }
    List<String> items = null;
    String user = "";
    Map<String, Object> context = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode node : array(json, "inputs")) {
      Input input = input(node);
      if (!seen.add(input.name())) {
        throw RequestRefused.bad("inputs must have different names, got two " + input.name());
      }
      if (input.name().equals(ITEM_ID)) {
        items = itemIds(input);
      } else if (input.name().equals(USER_ID)) {
        user = string(input, one(input));
      } else if (input.name().startsWith(CONTEXT)) {
        context.put(input.name().substring(CONTEXT.length()), value(input));
      } else {
        throw RequestRefused.bad(
            "inputs must be %s, %s or %sNAME, got %s"
                .formatted(ITEM_ID, USER_ID, CONTEXT, input.name()));
      }
    }
    if (items == null) {
      throw RequestRefused.bad("inputs must hold %s, got %s".formatted(ITEM_ID, seen));
    }
    JsonNode parameters = json.path("parameters");
    return new Inference(
        json.hasNonNull("id") ? json.path("id").asText() : null,
        new ScoreRequest(
            user,
            items,
            context,
            EffortParameters.of(
                text(parameters, EffortParameters.UNITS),
                text(parameters, EffortParameters.BUDGET_US))),
        outputs(json));
  }

  private static @Nullable String text(JsonNode parameters, String name) {
    return parameters.hasNonNull(name) ? parameters.path(name).asText() : null;
  }

  private static JsonNode array(JsonNode json, String name) {
    JsonNode array = json.path(name);
    if (!array.isArray() || array.isEmpty()) {
      throw RequestRefused.bad(
          "%s must be an array of tensors, got %s".formatted(name, abridged(array)));
    }
    return array;
  }

  private static List<String> outputs(JsonNode json) {
    if (!json.hasNonNull("outputs")) {
      return OUTPUTS;
    }
    List<String> wanted = new ArrayList<>();
    for (JsonNode output : array(json, "outputs")) {
      String name = output.path("name").asText();
      if (!OUTPUTS.contains(name)) {
        throw RequestRefused.bad("outputs must be %s, got %s".formatted(OUTPUTS, abridged(output)));
      }
      wanted.add(name);
    }
    return wanted;
  }

  private static Input input(JsonNode node) {
    String name = node.path("name").asText();
    String type = node.path("datatype").asText();
    if (name.isEmpty() || !(type.equals(BYTES) || NUMBERS.contains(type))) {
      throw RequestRefused.bad(
          "an input must have a name and a datatype BYTES or of numbers, got " + abridged(node));
    }
    List<Long> shape = new ArrayList<>();
    long elements = 1;
    for (JsonNode extent : node.path("shape")) {
      if (!extent.isIntegralNumber() || extent.asLong() < 0 || extent.asLong() > 1 << 20) {
        throw RequestRefused.bad(
            "shape of %s must hold extents of 0 to %d, got %s"
                .formatted(name, 1 << 20, abridged(node.path("shape"))));
      }
      shape.add(extent.asLong());
      elements = Math.min(elements * extent.asLong(), Integer.MAX_VALUE);
    }
    List<JsonNode> data = new ArrayList<>();
    flatten(node.path("data"), data);
    if (shape.isEmpty() || data.size() != elements) {
      throw RequestRefused.bad(
          "data of %s must have as many elements as its shape %s says, got %d"
              .formatted(name, shape, data.size()));
    }
    return new Input(name, shape, type, data);
  }

  // Nested arrays and flat ones mean the same.
  private static void flatten(JsonNode data, List<JsonNode> into) {
    if (data.isArray()) {
      data.forEach(element -> flatten(element, into));
    } else if (!data.isMissingNode()) {
      into.add(data);
    }
  }

  private static List<String> itemIds(Input input) {
    if (input.shape().size() != 1) {
      throw RequestRefused.bad(
          "shape of %s must have one extent, got %s".formatted(ITEM_ID, input.shape()));
    }
    return strings(input);
  }

  private static List<String> strings(Input input) {
    return input.data().stream().map(element -> string(input, element)).toList();
  }

  private static JsonNode one(Input input) {
    if (!input.isOne()) {
      throw RequestRefused.bad(
          "shape of %s must be [1], got %s".formatted(input.name(), input.shape()));
    }
    return input.data().get(0);
  }

  private static Object value(Input input) {
    if (input.type().equals(BYTES)) {
      boolean isList = input.shape().size() == 2 && input.shape().get(0) == 1;
      return isList ? strings(input) : string(input, one(input));
    }
    JsonNode number = one(input);
    if (!number.isNumber() || !Double.isFinite(number.asDouble())) {
      throw RequestRefused.bad(
          "data of %s must be a finite number, got %s".formatted(input.name(), abridged(number)));
    }
    return number.asDouble();
  }

  private static String string(Input input, JsonNode element) {
    if (!input.type().equals(BYTES) || !element.isTextual()) {
      throw RequestRefused.bad(
          "data of %s must be strings with datatype BYTES, got %s of %s"
              .formatted(input.name(), abridged(element), input.type()));
    }
    return element.asText();
  }

  static String abridged(JsonNode json) {
    String text = json.isMissingNode() ? "nothing" : json.toString();
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }

  /** The answer; parameters are those of {@link ScoreAnswer}. */
  static ObjectNode answer(Inference inference, ServedModel model, ScoreAnswer answer) {
    Scores scores = answer.scores();
    ObjectNode json = NODES.objectNode();
    json.put("model_name", model.name()).put("model_version", scores.version().toString());
    if (inference.id() != null) {
      json.put("id", inference.id());
    }
    json.set("parameters", answer.facts());
    ArrayNode outputs = json.putArray("outputs");
    for (String name : inference.outputs()) {
      float[] values = name.equals(LOGIT) ? scores.logits() : scores.probabilities();
      ObjectNode tensor = outputs.addObject().put("name", name).put("datatype", "FP32");
      tensor.putArray("shape").add(values.length);
      ArrayNode data = tensor.putArray("data");
      for (float value : values) {
        data.add(value);
      }
    }
    return json;
  }

  /** What a model takes and gives. */
  static ObjectNode metadata(ServedModel model, @Nullable String version) {
    ObjectNode json = NODES.objectNode().put("name", model.name());
    ArrayNode versions = json.putArray("versions");
    if (version != null) {
      versions.add(version);
    }
    json.put("platform", "freshet");
    ArrayNode inputs = json.putArray("inputs");
    tensor(inputs, ITEM_ID, BYTES, -1);
    tensor(inputs, USER_ID, BYTES, 1);
    ArrayNode outputs = json.putArray("outputs");
    OUTPUTS.forEach(name -> tensor(outputs, name, "FP32", -1));
    return json;
  }

  private static void tensor(ArrayNode into, String name, String type, int extent) {
    into.addObject().put("name", name).put("datatype", type).putArray("shape").add(extent);
  }
}
