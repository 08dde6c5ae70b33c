package io.freshet.cli.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.Causes;
import io.freshet.cli.WrongUse;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small web server of this process. What goes wrong is answered as {@code {"error": "..."}}. */
public final class WebServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int LEAST_THREADS = 2;

  private final Javalin server;
  private final String host;

  /**
   * Where a server listens and how much it takes on.
   *
   * @param port 0 for any free one
   * @param threads that requests share, Jetty's own few included
   * @param bodyBytes longest body of a request
   */
  public record Door(String host, int port, int threads, long bodyBytes) {}

  private WebServer(Javalin server, String host) {
    this.server = server;
    this.host = host;
  }

  /**
   * @param routes adds what the server answers
   * @throws WrongUse if the port is in use
   */
  public static WebServer start(Door door, Consumer<Javalin> routes) {
    Javalin server =
        Javalin.create(
            config -> {
              config.showJavalinBanner = false;
              config.startupWatcherEnabled = false;
              config.http.maxRequestSize = door.bodyBytes();
              config.jetty.threadPool = new QueuedThreadPool(door.threads(), LEAST_THREADS);
              config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new Unreadable()));
            });
    server.exception(RequestRefused.class, (e, context) -> error(context, e.status(), e));
    server.exception(HttpResponseException.class, (e, context) -> error(context, e.getStatus(), e));
    server.exception(
        Exception.class,
        (e, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), e);
          error(context, 500, e);
        });
    routes.accept(server);
    try {
      server.start(door.host(), door.port());
    } catch (JavalinBindException e) {
      throw new WrongUse(
          "--port must be free, got %d on %s: %s".formatted(door.port(), door.host(), Causes.of(e)),
          e);
    }
    return new WebServer(server, door.host());
  }

  private static void error(Context context, int status, Exception e) {
    json(context, status, error(Causes.of(e)));
  }

  private static ObjectNode error(String message) {
    return JsonNodeFactory.instance.objectNode().put("error", message);
  }

  /** Answers what is no request, such as a link that is too long: it reaches no route. */
  private static final class Unreadable extends ErrorHandler {

    @Override
    public ByteBuffer badMessageError(
        int status, @Nullable String reason, HttpFields.Mutable fields) {
      fields.put(HttpHeader.CONTENT_TYPE, "application/json");
      return ByteBuffer.wrap(
          error(reason == null ? HttpStatus.getMessage(status) : reason)
              .toString()
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Answers with {@code json}, which nobody on the way may keep. */
  public static void json(Context context, int status, JsonNode json) {
    try {
      context
          .status(status)
          .contentType("application/json")
          .header("Cache-Control", "no-store")
          .result(MAPPER.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer must be writable as JSON", e);
    }
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return "http://%s:%d/".formatted(host.equals("0.0.0.0") ? "localhost" : host, port());
  }

  /** Ends after the requests that are being answered. */
  @Override
  public void close() {
    server.stop();
  }
}
