package io.freshet.cli.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.WrongUse;
import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.search.SearchView;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The live page's small web server: a page, its data, and metrics. Nothing comes from elsewhere.
 */
public final class LivePage implements AutoCloseable {

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final String PAGE = "/io/freshet/cli/page/";

  private static final int THREADS = 8;
  private static final long NO_BODY = 1 << 10;

  private final WebServer server;

  private LivePage(WebServer server) {
    this.server = server;
  }

  /**
   * @param port 0 for any free one
   * @param view what to show, asked for at every request
   * @param search by the name of a model and a query; may refuse
   * @throws WrongUse if the port is in use
   */
  public static LivePage start(
      String host,
      int port,
      Supplier<LiveView> view,
      BiFunction<String, String, SearchView> search) {
    JsonMapper mapper = JsonMapper.builder().build();
    PrometheusText metrics = new MetricsText(view).text();
    return new LivePage(
        WebServer.start(
            new WebServer.Door(host, port, THREADS, NO_BODY),
            server -> {
              files(server);
              server.get(
                  "/live.json",
                  context -> WebServer.json(context, 200, mapper.valueToTree(view.get())));
              server.get("/metrics", metrics::answer);
              server.get(
                  "/search.json",
                  context ->
                      WebServer.json(context, 200, mapper.valueToTree(found(context, search))));
            }));
  }

  private static SearchView found(Context context, BiFunction<String, String, SearchView> search) {
    String model = context.queryParam("model");
    String query = context.queryParam("q");
    if (model == null || query == null) {
      throw RequestRefused.bad("a search must name its model and its query q");
    }
    return search.apply(model, query);
  }

  private static void files(Javalin server) {
    server.get("/", context -> resource(context, PAGE + "index.html", "text/html"));
    server.get("/live.css", context -> resource(context, PAGE + "live.css", "text/css"));
    server.get("/live.js", context -> resource(context, PAGE + "live.js", "text/javascript"));
    server.get(
        "/uplot.js", context -> resource(context, UPLOT + "uPlot.iife.min.js", "text/javascript"));
    server.get("/uplot.css", context -> resource(context, UPLOT + "uPlot.min.css", "text/css"));
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
    return server.url();
  }

  @Override
  public void close() {
    server.close();
  }
}
