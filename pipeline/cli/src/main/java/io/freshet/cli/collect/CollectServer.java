package io.freshet.cli.collect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.kafka.KafkaAccess;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes events over HTTP at {@code POST /events}, and answers when Kafka has them. {@code
 * /health/ready} says whether Kafka takes heartbeats, {@code /metrics} what has come.
 */
public final class CollectServer implements AutoCloseable {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int STILL_MS = 5_000;

  private final EventBatch batches = new EventBatch();
  private final CollectMetrics metrics = new CollectMetrics();
  private final LongSupplier nanoTime;
  private final Collector collector;
  private final WebServer server;

  /**
   * Which events are in time, and when heartbeats go.
   *
   * @param outOfOrdernessMs as {@code stream.outOfOrderness} of the job's models file
   * @param heartbeatMs as its {@code stream.heartbeat}
   */
  public record Stream(long outOfOrdernessMs, long heartbeatMs) {}

  /**
   * Begins to take events.
   *
   * @param clock milliseconds since 1970 UTC, carried by heartbeats
   * @param nanoTime what requests are timed with
   */
  public CollectServer(
      WebServer.Door door,
      KafkaAccess kafka,
      Stream stream,
      LongSupplier clock,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.collector =
        Collector.start(
            Collector.producer(kafka),
            kafka.topics(),
            new EventWindow(stream.outOfOrdernessMs()),
            stream.heartbeatMs(),
            clock,
            metrics);
    metrics.heartbeats(collector::heartbeatAgeMs);
    try {
      this.server =
          WebServer.start(
              door,
              routes -> {
                routes.post("/events", this::events);
                routes.get(
                    "/health/live",
                    context -> WebServer.json(context, 200, NODES.objectNode().put("live", true)));
                routes.get("/health/ready", this::ready);
                routes.get("/metrics", metrics.text()::answer);
              });
    } catch (RuntimeException e) {
      collector.close();
      throw e;
    }
  }

  private void events(Context context) {
    long began = nanoTime.getAsLong();
    List<EventBatch.Part> parts = batches.read(context.contentType(), context.body());
    context.future(
        () ->
            collector
                .collect(parts)
                .thenAccept(
                    outcome -> {
                      metrics.answered(nanoTime.getAsLong() - began);
                      WebServer.json(context, outcome.status(), answer(outcome));
                    }));
  }

  private static ObjectNode answer(Outcome outcome) {
    ObjectNode json = NODES.objectNode().put("acknowledged", outcome.acknowledged());
    put(json, "refused", outcome.refused());
    put(json, "unacknowledged", outcome.unacknowledged());
    return json;
  }

  private static void put(ObjectNode json, String name, List<Outcome.Turned> turned) {
    if (turned.isEmpty()) {
      return;
    }
    ArrayNode array = json.putArray(name);
    turned.forEach(
        each -> array.addObject().put("place", each.place()).put("reason", each.reason()));
  }

  private void ready(Context context) {
    long age = collector.heartbeatAgeMs();
    boolean ready = age < STILL_MS;
    ObjectNode json = NODES.objectNode().put("ready", ready);
    if (!ready) {
      String problem = collector.problem();
      json.put(
          "waiting",
          "Kafka must acknowledge heartbeats, has not for %d ms%s"
              .formatted(age, problem == null ? "" : ": " + problem));
    }
    WebServer.json(context, ready ? 200 : 503, json);
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return server.url();
  }

  /** Takes no more events, and ends when those that came have been answered. */
  @Override
  public void close() {
    server.close();
    collector.close();
  }
}
