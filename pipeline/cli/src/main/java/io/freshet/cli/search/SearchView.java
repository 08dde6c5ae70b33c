package io.freshet.cli.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.freshet.search.Found;
import io.freshet.search.Match;
import io.freshet.search.Ranked;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search found, as pages and other programs are told of it.
 *
 * @param name that was asked for: a model's or a served one
 * @param model that ordered the documents
 * @param version of it
 * @param stalenessMs of that version; null while that is not known
 * @param words that were searched for, the first of {@code wordsInAll}
 * @param generation how often its document side had changed
 * @param searched documents in the catalogue
 * @param tookMs the whole search
 */
public record SearchView(
    String name,
    String version,
    String model,
    @Nullable Long stalenessMs,
    List<String> words,
    int wordsInAll,
    long generation,
    int searched,
    int candidates,
    double tookMs,
    List<Document> documents) {

  public SearchView {
    words = List.copyOf(words);
    documents = List.copyOf(documents);
  }

  /**
   * A document in its place.
   *
   * @param matches which of its words met which of the query's; null where that is not asked for
   */
  public record Document(
      String item,
      String title,
      double score,
      float bm25,
      float match,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Match> matches) {

    public Document {
      matches = matches == null ? null : List.copyOf(matches);
    }
  }

  /**
   * @param name that was asked for
   * @param stalenessMs of the version; null while that is not known
   * @param tookNanos the whole search
   * @param withMatches whether to say which word met which
   */
  public static SearchView of(
      String name, Found found, @Nullable Long stalenessMs, long tookNanos, boolean withMatches) {
    return new SearchView(
        name,
        found.version().toString(),
        found.model(),
        stalenessMs,
        found.words(),
        found.wordsInAll(),
        found.generation(),
        found.searched(),
        found.candidates(),
        tookNanos / 1e6,
        found.documents().stream().map(ranked -> document(ranked, withMatches)).toList());
  }

  private static Document document(Ranked ranked, boolean withMatches) {
    return new Document(
        ranked.item().id(),
        Titles.of(ranked.item()),
        ranked.score(),
        ranked.bm25(),
        ranked.match(),
        withMatches ? ranked.matches() : null);
  }
}
