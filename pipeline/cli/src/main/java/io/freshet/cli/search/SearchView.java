package io.freshet.cli.search;

import io.freshet.search.Found;
import io.freshet.search.Match;
import io.freshet.search.Ranked;
import java.util.List;

/**
 * What a search found, as a page shows it.
 *
 * @param words that were searched for, the first of {@code wordsInAll}
 * @param version that ordered the documents
 * @param stalenessMs of that version
 * @param generation how often its document side had changed
 * @param searched documents in the catalogue
 * @param tookMs the whole search
 */
public record SearchView(
    String model,
    List<String> words,
    int wordsInAll,
    String version,
    long stalenessMs,
    long generation,
    int searched,
    int candidates,
    double tookMs,
    List<Document> documents) {

  public SearchView {
    words = List.copyOf(words);
    documents = List.copyOf(documents);
  }

  /** A document in its place, and which of its words met which of the query's. */
  public record Document(
      String id, String title, double score, float bm25, float match, List<Match> matches) {

    public Document {
      matches = List.copyOf(matches);
    }
  }

  /**
   * @param stalenessMs of the version
   * @param tookNanos the whole search
   */
  static SearchView of(String model, Found found, long stalenessMs, long tookNanos) {
    return new SearchView(
        model,
        found.words(),
        found.wordsInAll(),
        found.version().toString(),
        stalenessMs,
        found.generation(),
        found.searched(),
        found.candidates(),
        tookNanos / 1e6,
        found.documents().stream().map(SearchView::document).toList());
  }

  private static Document document(Ranked ranked) {
    return new Document(
        ranked.item().id(),
        Titles.of(ranked.item()),
        ranked.score(),
        ranked.bm25(),
        ranked.match(),
        ranked.matches());
  }
}
