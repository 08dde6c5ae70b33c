package io.freshet.search;

import java.util.List;

/**
 * A document in its place.
 *
 * @param score standardised BM25 plus the weight times the standardised logit; standardised over
 *     the query's candidates
 * @param bm25 above 0
 * @param match −1 to 1: the weighted mean, over the query's tokens, of each one's best similarity
 * @param logit what the model makes of that
 * @param matches why, the largest part first; of the query's words, not of what augments it
 */
public record Ranked(
    CatalogueItem item, double score, float bm25, float match, float logit, List<Match> matches) {

  public Ranked {
    matches = List.copyOf(matches);
  }
}
