package io.freshet.cli.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Version;
import io.freshet.serving.ModelReader;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Scores over HTTP: the Open Inference Protocol (version 2) at {@code /v2}, {@code /score} for
 * people, {@code /search} by models that rank, {@code /metrics}. Every answer says by which version
 * it is and how stale that is.
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
  private final ServedModels models;
  private final ServeMetrics metrics;
  private final WebServer server;

  /**
   * Begins to answer.
   *
   * @param kafka where the catalogue is, for searches
   * @param release which Freshet this is
   * @param readers by the name that requests give; closed with the server
   * @param sourceClock milliseconds since 1970 UTC; 0 while the source's time is not known
   * @param nanoTime what requests are timed with
   */
  public static ScoringServer start(
      WebServer.Door door,
      KafkaAccess kafka,
      String release,
      Map<String, ModelReader> readers,
      LongSupplier sourceClock,
      LongSupplier nanoTime) {
    List<ServedModel> models = new ArrayList<>();
    readers.forEach(
        (name, reader) -> models.add(new ServedModel(name, kafka, reader, sourceClock)));
    return new ScoringServer(door, release, new ServedModels(models), nanoTime);
  }

  private ScoringServer(
      WebServer.Door door, String release, ServedModels models, LongSupplier nanoTime) {
    this.release = release;
    this.models = models;
    this.metrics = new ServeMetrics(models.all(), nanoTime);
    PrometheusText text = metrics.text();
    ScoreEndpoint score = new ScoreEndpoint(models, metrics.scores());
    SearchEndpoint search = new SearchEndpoint(models, metrics.searches(), nanoTime);
    this.server =
        WebServer.start(
            door,
            routes -> {
              protocol(routes);
              routes.get("/score", score::answer);
              routes.get("/search", search::answer);
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
    for (ServedModel model : models.all()) {
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
    ServedModel model = models.named(context.pathParam("model"));
    checkVersion(context, model.version());
    String why = model.waitsFor();
    ObjectNode answer = NODES.objectNode().put("name", model.name()).put("ready", why == null);
    if (why != null) {
      answer.put("waiting", why);
    }
    WebServer.json(context, why == null ? 200 : 503, answer);
  }

  private void describeModel(Context context) {
    ServedModel model = models.named(context.pathParam("model"));
    Version version = model.version();
    checkVersion(context, version);
    WebServer.json(
        context,
        200,
        InferenceProtocol.metadata(model, version == null ? null : version.toString()));
  }

  private void infer(Context context) {
    ServedModel model = models.named(context.pathParam("model"));
    ObjectNode answer =
        metrics
            .scores()
            .timed(
                model,
                () -> {
                  InferenceProtocol.Inference inference =
                      InferenceProtocol.read(tree(context.body()));
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
    return models.named(name).waitsFor();
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
    models.close();
  }
}
