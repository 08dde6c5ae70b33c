package io.freshet.cli.serve;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.search.SearchTerms;
import io.freshet.cli.search.SearchView;
import io.freshet.search.Bm25;
import io.freshet.search.Found;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** {@code /search?query=red+kettle&top=5&matches=true}: documents, the best first. */
final class SearchEndpoint {

  /** Most words of a query: many times what models read, and about what a link can hold. */
  static final int MOST_WORDS = 1_000;

  private static final List<String> NAMES =
      List.of("query", "model", "top", "weight", "k1", "b", "matches");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ServedModels models;
  private final RequestMetrics metrics;
  private final LongSupplier nanoTime;

  SearchEndpoint(ServedModels models, RequestMetrics metrics, LongSupplier nanoTime) {
    this.models = models;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  void answer(Context context) {
    ServedModel model = models.meant(context.queryParam("model"));
    SearchView found = metrics.timed(model, () -> search(context, model));
    WebServer.json(context, 200, JSON.valueToTree(found));
  }

  private SearchView search(Context context, ServedModel model) {
    for (String name : context.queryParamMap().keySet()) {
      if (!NAMES.contains(name)) {
        throw RequestRefused.bad(
            "parameters must be %s, got %s".formatted(String.join(", ", NAMES), name));
      }
    }
    String query = query(context.queryParam("query"));
    SearchTerms terms = terms(context);
    boolean matches =
        given(context, "matches", "true or false", SearchEndpoint::isTrue, Boolean.FALSE);
    long began = nanoTime.getAsLong();
    Found found = model.search().answer(query, terms, Duration.ZERO);
    return SearchView.of(
        model.name(),
        found,
        model.isTimeKnown() ? found.staleness().toMillis() : null,
        nanoTime.getAsLong() - began,
        matches);
  }

  private static String query(@Nullable String query) {
    int words = query == null ? 0 : SearchTerms.words(query);
    if (query == null || words == 0) {
      throw RequestRefused.bad(
          "query must hold a word, got " + (query == null ? "none" : "\"" + query + "\""));
    }
    if (words > MOST_WORDS) {
      throw RequestRefused.bad(
          "query must have at most %d words, got %d".formatted(MOST_WORDS, words));
    }
    return query;
  }

  private static SearchTerms terms(Context context) {
    SearchTerms usual = SearchTerms.DEFAULT;
    Bm25 bm25 = usual.bm25();
    try {
      return new SearchTerms(
          given(context, "top", "a whole number", Integer::valueOf, usual.top()),
          given(context, "weight", "a number", Double::valueOf, usual.weight()),
          new Bm25(
              given(context, "k1", "a number", Float::valueOf, bm25.k1()),
              given(context, "b", "a number", Float::valueOf, bm25.b())));
    } catch (IllegalArgumentException e) {
      throw RequestRefused.bad(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T given(
      Context context, String name, String what, Function<String, T> read, T usual) {
    String text = context.queryParam(name);
    try {
      return text == null ? usual : read.apply(text);
    } catch (IllegalArgumentException e) {
      throw new RequestRefused(400, "%s must be %s, got %s".formatted(name, what, text));
    }
  }

  private static boolean isTrue(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(text);
    }
    return text.equals("true");
  }
}
