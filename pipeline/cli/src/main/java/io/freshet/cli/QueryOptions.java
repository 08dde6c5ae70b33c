package io.freshet.cli;

import io.freshet.cli.search.SearchTerms;
import io.freshet.search.Bm25;
import io.freshet.search.Searcher;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command searches the catalogue for, and how. */
public final class QueryOptions {

  @Option(
      names = "--query",
      paramLabel = "TEXT",
      description =
          "Search the catalogue (colbert): Lucene finds BM25's best 100, the model orders them, "
              + "and every document says which of its words met which of the query's.")
  private @Nullable String query;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description =
          "Search for many: tab-separated with the columns queryId and text; prints a TREC run.")
  private @Nullable Path queries;

  @Option(
      names = "--run",
      paramLabel = "FILE",
      description = "Where the TREC run goes (default: standard output).")
  private @Nullable Path run;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Documents of a query, 1 to 100 (default: 10, in a run 100).")
  private @Nullable Integer top;

  @Option(
      names = "--weight",
      paramLabel = "W",
      description =
          "What the model's order counts beside that of BM25, both standardised over the "
              + "candidates; 0 leaves BM25's (default: 1).")
  private @Nullable Double weight;

  @Option(names = "--k1", description = "BM25's k1 (default: 1.2).")
  private @Nullable Float k1;

  @Option(names = "--b", description = "BM25's b (default: 0.75).")
  private @Nullable Float b;

  /** Whether the catalogue is to be searched. */
  boolean asked() {
    return query != null || queries != null;
  }

  /** Whether something is said that only a search has. */
  boolean meansSearch() {
    return asked() || run != null || top != null || weight != null || k1 != null || b != null;
  }

  /** Refuses what cannot be meant. */
  void check() {
    if (query != null && SearchTerms.words(query) == 0) {
      throw new WrongUse("--query must hold a word, got \"%s\"".formatted(query));
    }
    if (run != null && queries == null) {
      throw new WrongUse("--run must come with --queries, got none");
    }
    terms();
  }

  @Nullable String query() {
    return query;
  }

  @Nullable Path queries() {
    return queries;
  }

  @Nullable Path run() {
    return run;
  }

  SearchTerms terms() {
    SearchTerms usual = SearchTerms.DEFAULT;
    try {
      return new SearchTerms(
          top == null ? (queries == null ? usual.top() : Searcher.CANDIDATES) : top,
          weight == null ? usual.weight() : weight,
          new Bm25(k1 == null ? usual.bm25().k1() : k1, b == null ? usual.bm25().b() : b));
    } catch (IllegalArgumentException e) {
      throw new WrongUse("--" + e.getMessage(), e);
    }
  }
}
