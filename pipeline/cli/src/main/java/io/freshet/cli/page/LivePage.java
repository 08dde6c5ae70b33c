package io.freshet.cli.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.Causes;
import io.freshet.cli.WrongUse;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The live page's small web server: a page, its data, and metrics. Nothing comes from elsewhere.
 */
public final class LivePage implements AutoCloseable {

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final String PAGE = "/io/freshet/cli/page/";

  private final Javalin server;
  private final String host;

  private LivePage(Javalin server, String host) {
    this.server = server;
    this.host = host;
  }

  /**
   * @param port 0 for any free one
   * @param view what to show, asked for at every request
   * @throws WrongUse if the port is in use
   */
  public static LivePage start(String host, int port, Supplier<LiveView> view) {
    JsonMapper mapper = JsonMapper.builder().build();
    MetricsText metrics = new MetricsText(view);
    Javalin server =
        Javalin.create(
            config -> {
              config.showJavalinBanner = false;
              config.startupWatcherEnabled = false;
              config.jetty.threadPool = new QueuedThreadPool(8, 2);
            });
    server.get("/", context -> resource(context, PAGE + "index.html", "text/html"));
    server.get("/live.css", context -> resource(context, PAGE + "live.css", "text/css"));
    server.get("/live.js", context -> resource(context, PAGE + "live.js", "text/javascript"));
    server.get(
        "/uplot.js", context -> resource(context, UPLOT + "uPlot.iife.min.js", "text/javascript"));
    server.get("/uplot.css", context -> resource(context, UPLOT + "uPlot.min.css", "text/css"));
    server.get(
        "/live.json",
        context ->
            context
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .result(mapper.writeValueAsBytes(view.get())));
    server.get(
        "/metrics",
        context ->
            context.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.text()));
    try {
      server.start(host, port);
    } catch (JavalinBindException e) {
      throw new WrongUse(
          "--port must be free, got %d on %s: %s".formatted(port, host, Causes.of(e)), e);
    }
    return new LivePage(server, host);
  }

  private static void resource(Context context, String path, String type) {
    try (InputStream in = LivePage.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the class path must hold " + path);
      }
      context.contentType(type + "; charset=utf-8").result(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(path + " must be readable", e);
    }
  }

  public int port() {
    return server.port();
  }

  public String url() {
    return "http://%s:%d/".formatted(host.equals("0.0.0.0") ? "localhost" : host, port());
  }

  @Override
  public void close() {
    server.stop();
  }
}
