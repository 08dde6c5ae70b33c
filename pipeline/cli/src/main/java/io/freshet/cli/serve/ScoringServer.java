package io.freshet.cli.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.http.WebServer;
import io.freshet.modellog.Version;
import io.freshet.serving.ModelReader;
import io.freshet.serving.Scores;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores over HTTP: the Open Inference Protocol (version 2) at {@code /v2}, {@code /score} for
 * people, {@code /metrics}. Every answer says by which version it is and how stale that is.
 */
public final class ScoringServer implements AutoCloseable {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String PATH_MODEL = "/v2/models/{model}";
  private static final String PATH_VERSION = PATH_MODEL + "/versions/{version}";

  private final ObjectReader json =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);
  private final String release;
  private final Map<String, ServedModel> models;
  private final ServeMetrics metrics;
  private final LongSupplier nanoTime;
  private final WebServer server;

  /**
   * Begins to answer.
   *
   * @param release which Freshet this is
   * @param readers by the name that requests give; closed with the server
   * @param sourceClock milliseconds since 1970 UTC; 0 while the source's time is not known
   * @param nanoTime what requests are timed with
   */
  public static ScoringServer start(
      WebServer.Door door,
      String release,
      Map<String, ModelReader> readers,
      LongSupplier sourceClock,
      LongSupplier nanoTime) {
    Map<String, ServedModel> models = new LinkedHashMap<>();
    readers.forEach((name, reader) -> models.put(name, new ServedModel(name, reader, sourceClock)));
    return new ScoringServer(door, release, models, nanoTime);
  }

  private ScoringServer(
      WebServer.Door door, String release, Map<String, ServedModel> models, LongSupplier nanoTime) {
    this.release = release;
    this.models = models;
    this.metrics = new ServeMetrics(models.values());
    this.nanoTime = nanoTime;
    PrometheusText text = metrics.text();
    this.server =
        WebServer.start(
            door,
            routes -> {
              protocol(routes);
              routes.get("/score", this::scoreForPeople);
              routes.get("/metrics", text::answer);
            });
  }

  private void protocol(Javalin routes) {
    routes.get("/v2", this::describeServer);
    routes.get("/v2/health/live", context -> WebServer.json(context, 200, live()));
    routes.get("/v2/health/ready", this::ready);
    for (String path : List.of(PATH_MODEL, PATH_VERSION)) {
      routes.get(path, this::describeModel);
      routes.get(path + "/ready", this::modelReady);
      routes.post(path + "/infer", this::infer);
    }
  }

  private static ObjectNode live() {
    return NODES.objectNode().put("live", true);
  }

  private void describeServer(Context context) {
    ObjectNode answer = NODES.objectNode().put("name", "freshet").put("version", release);
    answer.putArray("extensions");
    WebServer.json(context, 200, answer);
  }

  /** Ready when every model is; says which is not, and why. */
  private void ready(Context context) {
    Map<String, String> waiting = new LinkedHashMap<>();
    for (ServedModel model : models.values()) {
      String why = model.waitsFor();
      if (why != null) {
        waiting.put(model.name(), why);
      }
    }
    ObjectNode answer = NODES.objectNode().put("ready", waiting.isEmpty());
    ObjectNode each = NODES.objectNode();
    waiting.forEach(each::put);
    if (!waiting.isEmpty()) {
      answer.set("waiting", each);
    }
    WebServer.json(context, waiting.isEmpty() ? 200 : 503, answer);
  }

  private void modelReady(Context context) {
    ServedModel model = named(context.pathParam("model"));
    checkVersion(context, model.version());
    String why = model.waitsFor();
    ObjectNode answer = NODES.objectNode().put("name", model.name()).put("ready", why == null);
    if (why != null) {
      answer.put("waiting", why);
    }
    WebServer.json(context, why == null ? 200 : 503, answer);
  }

  private void describeModel(Context context) {
    ServedModel model = named(context.pathParam("model"));
    Version version = model.version();
    checkVersion(context, version);
    WebServer.json(
        context,
        200,
        InferenceProtocol.metadata(model, version == null ? null : version.toString()));
  }

  private void infer(Context context) {
    ServedModel model = named(context.pathParam("model"));
    ObjectNode answer =
        timed(
            model,
            () -> {
              InferenceProtocol.Inference inference = InferenceProtocol.read(tree(context.body()));
              ScoreAnswer scored = model.score(inference.request());
              checkVersion(context, scored.scores().version());
              return InferenceProtocol.answer(inference, model, scored);
            });
    WebServer.json(context, 200, answer);
  }

  private JsonNode tree(String body) {
    try {
      JsonNode tree = body.isBlank() ? null : json.readValue(body);
      if (tree == null) {
        throw RequestRefused.bad("a request must be a JSON object, got nothing");
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw RequestRefused.bad(
          "a request must be a JSON object, line %d is not: %s"
              .formatted(
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()));
    }
  }

  /** {@code /score?user=u1&items=i1,i2&context.device=phone}, the best first. */
  private void scoreForPeople(Context context) {
    String name = context.queryParam("model");
    if (name == null && models.size() > 1) {
      throw RequestRefused.bad("model must be one of %s, got none".formatted(models.keySet()));
    }
    ServedModel model = name == null ? models.values().iterator().next() : named(name);
    ObjectNode answer =
        timed(
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
    ObjectNode json = NODES.objectNode().put("name", model.name());
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

  private interface Scoring {
    ObjectNode answer();
  }

  private ObjectNode timed(ServedModel model, Scoring scoring) {
    long began = nanoTime.getAsLong();
    try {
      ObjectNode answer = scoring.answer();
      metrics.scored(model, nanoTime.getAsLong() - began);
      return answer;
    } catch (RequestRefused e) {
      metrics.count(
          model,
          e.status() == 503 ? ServeMetrics.Outcome.UNAVAILABLE : ServeMetrics.Outcome.REFUSED);
      throw e;
    }
  }

  private ServedModel named(String name) {
    ServedModel model = models.get(name);
    if (model == null) {
      throw new RequestRefused(
          404, "a model must be one of %s, got %s".formatted(models.keySet(), name));
    }
    return model;
  }

  /** A path may name a version; there is only the one that is served. */
  private static void checkVersion(Context context, @Nullable Version served) {
    String wanted = context.pathParamMap().get("version");
    if (wanted != null && (served == null || !wanted.equals(served.toString()))) {
      throw new RequestRefused(
          404,
          "a version must be the one that is served, %s, got %s"
              .formatted(served == null ? "none so far" : served, wanted));
    }
  }

  /** Null when all models can be scored with, and what is waited for when not. */
  public @Nullable String waitsFor(String name) {
    return named(name).waitsFor();
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
    models.values().forEach(ServedModel::close);
  }
}
