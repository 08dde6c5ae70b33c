package io.freshet.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.http.WebServer;
import io.freshet.serving.Scores;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** {@code /score?user=u1&items=i1,i2&context.device=phone}: scores for people, the best first. */
final class ScoreEndpoint {

  private final ServedModels models;
  private final RequestMetrics metrics;

  ScoreEndpoint(ServedModels models, RequestMetrics metrics) {
    this.models = models;
    this.metrics = metrics;
  }

  void answer(Context context) {
    ServedModel model = models.meant(context.queryParam("model"));
    ObjectNode answer =
        metrics.timed(
            model,
            () -> {
              ScoreRequest request = request(context);
              return forPeople(request, model, model.score(request));
            });
    WebServer.json(context, 200, answer);
  }

  private static ScoreRequest request(Context context) {
    Map<String, Object> values = new HashMap<>();
    context
        .queryParamMap()
        .forEach(
            (name, given) -> {
              if (name.startsWith(InferenceProtocol.CONTEXT)) {
                values.put(
                    name.substring(InferenceProtocol.CONTEXT.length()),
                    given.size() == 1 ? value(given.get(0)) : given);
              } else if (!List.of(
                      "user", "items", "model", EffortParameters.UNITS, EffortParameters.BUDGET_US)
                  .contains(name)) {
                throw RequestRefused.bad(
                    "parameters must be user, items, model, units, budgetUs or context.NAME, got "
                        + name);
              }
            });
    String user = context.queryParam("user");
    String items = context.queryParam("items");
    return new ScoreRequest(
        user == null ? "" : user,
        items == null || items.isEmpty() ? List.of() : Arrays.asList(items.split(",", -1)),
        values,
        EffortParameters.of(
            context.queryParam(EffortParameters.UNITS),
            context.queryParam(EffortParameters.BUDGET_US)));
  }

  /** A number where it reads as one, as with {@code freshet score --context}. */
  private static Object value(String text) {
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number) ? Double.valueOf(number) : text;
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static ObjectNode forPeople(ScoreRequest request, ServedModel model, ScoreAnswer answer) {
    Scores scores = answer.scores();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", model.name());
    json.put("version", scores.version().toString());
    json.setAll(answer.facts());
    ArrayNode items = json.putArray("scores");
    IntStream.range(0, scores.size())
        .boxed()
        .sorted((a, b) -> Float.compare(scores.of(b), scores.of(a)))
        .forEach(
            i ->
                items.addObject().put("item", request.itemIds().get(i)).put("score", scores.of(i)));
    return json;
  }
}
