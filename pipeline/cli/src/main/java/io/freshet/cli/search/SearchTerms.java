package io.freshet.cli.search;

import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.settings.ModelSettings.Words;
import io.freshet.search.Bm25;
import io.freshet.search.Searcher;

/**
 * How a search is done.
 *
 * @param top documents that are wanted, 1 to {@value Searcher#CANDIDATES}
 * @param weight of the model's order beside that of BM25, 0 or more
 * @param bm25 by which candidates are found
 */
public record SearchTerms(int top, double weight, Bm25 bm25) {

  /** Ten documents, both orders alike. */
  public static final SearchTerms DEFAULT = new SearchTerms(10, 1, Bm25.DEFAULT);

  private static final Words ALL_WORDS = new Words(Integer.MAX_VALUE, 0, false);

  /**
   * @throws IllegalArgumentException beginning with the name of what is out of its range
   */
  public SearchTerms {
    if (top < 1 || top > Searcher.CANDIDATES) {
      throw new IllegalArgumentException(
          "top must be from 1 to %d, got %d".formatted(Searcher.CANDIDATES, top));
    }
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight must be a number of 0 or more, got " + weight);
    }
  }

  /** How many words a query has, however many of them a model reads. */
  public static int words(String query) {
    return Tokens.words(query, ALL_WORDS).size();
  }
}
