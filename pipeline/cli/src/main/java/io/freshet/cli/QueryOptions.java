package io.freshet.cli;

import io.freshet.search.Bm25;
import io.freshet.search.Searcher;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command searches the catalogue for, and how. */
public final class QueryOptions {

  private static final int SHOWN = 10;

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
    if (query != null && query.codePoints().noneMatch(Character::isLetterOrDigit)) {
      throw new WrongUse("--query must hold a word, got \"%s\"".formatted(query));
    }
    if (run != null && queries == null) {
      throw new WrongUse("--run must come with --queries, got none");
    }
    if (top() < 1 || top() > Searcher.CANDIDATES) {
      throw new WrongUse("--top must be from 1 to %d, got %d".formatted(Searcher.CANDIDATES, top));
    }
    if (!(weight() >= 0 && weight() < Double.POSITIVE_INFINITY)) {
      throw new WrongUse("--weight must be a number of 0 or more, got " + weight);
    }
    bm25();
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

  int top() {
    if (top != null) {
      return top;
    }
    return queries == null ? SHOWN : Searcher.CANDIDATES;
  }

  double weight() {
    return weight == null ? 1 : weight;
  }

  Bm25 bm25() {
    try {
      return new Bm25(k1 == null ? Bm25.DEFAULT.k1() : k1, b == null ? Bm25.DEFAULT.b() : b);
    } catch (IllegalArgumentException e) {
      throw new WrongUse("--k1 and --b: " + e.getMessage(), e);
    }
  }
}
