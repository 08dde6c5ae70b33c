package io.freshet.search;

import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.LateInteraction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Orders candidates for a query by one version of a model, whose document vectors it takes from
 * where they are kept and makes where they are not. For one thread.
 */
final class Ranking {

  private final RankingModel model;
  private final ColbertScorer scorer;
  private final LateInteraction texts;
  private final DocumentVectors vectors;
  private final long now;

  /**
   * @param vectors of the very document side that {@code scorer} has
   * @param now milliseconds since 1970 UTC on the source's clock
   */
  Ranking(RankingModel model, ColbertScorer scorer, DocumentVectors vectors, long now) {
    this.model = model;
    this.scorer = scorer;
    this.texts = scorer.texts();
    this.vectors = vectors;
    this.now = now;
    DocumentVectors.Side side = sideOf(model, texts);
    if (!side.equals(vectors.side())) {
      throw new IllegalStateException(
          "vectors must be of the version's own document side %016x, they are of %016x"
              .formatted(side.hash(), vectors.side().hash()));
    }
  }

  static DocumentVectors.Side sideOf(RankingModel model, LateInteraction texts) {
    return new DocumentVectors.Side(model.json(), texts.generation());
  }

  /**
   * The best of the candidates, best first; among equal ones in the order in which they came.
   *
   * @param weight of the model's order beside that of BM25
   */
  List<Ranked> best(
      RankingModel.Query query, List<Candidate> candidates, int atMost, double weight) {
    texts.meet(texts.query(query.tokens()));
    int count = candidates.size();
    float[][] documents = new float[count][];
    float[] matches = new float[count];
    double[] bm25 = new double[count];
    double[] logits = new double[count];
    for (int c = 0; c < count; c++) {
      CatalogueItem item = candidates.get(c).item();
      documents[c] = vectors(item);
      matches[c] = texts.match(documents[c], 0, tokens(documents[c]));
      logits[c] = logit(matches[c], query, item);
      bm25[c] = candidates.get(c).score();
    }
    double[] scores = Standardised.of(bm25);
    double[] added = Standardised.of(logits);
    for (int c = 0; c < count; c++) {
      scores[c] += weight * added[c];
    }
    return IntStream.range(0, count)
        .boxed()
        .sorted((a, b) -> Double.compare(scores[b], scores[a]))
        .limit(atMost)
        .map(
            c ->
                new Ranked(
                    candidates.get(c).item(),
                    scores[c],
                    candidates.get(c).score(),
                    matches[c],
                    (float) logits[c],
                    why(query, candidates.get(c).item(), documents[c])))
        .toList();
  }

  private float logit(float match, RankingModel.Query query, CatalogueItem item) {
    return model.addsToMatches()
        ? scorer.logit(match, model.additions(query, item, now))
        : texts.logit(match);
  }

  /** The vectors of a document, from memory where they are there. */
  float[] vectors(CatalogueItem item) {
    float[] known = vectors.get(item);
    if (known == null) {
      known = texts.document(model.document(item));
      vectors.put(item, known);
    }
    return known;
  }

  private int tokens(float[] document) {
    return document.length / texts.width();
  }

  private List<Match> why(RankingModel.Query query, CatalogueItem item, float[] document) {
    List<String> words = model.documentWords(item);
    List<Match> why = new ArrayList<>();
    for (LateInteraction.Pair pair : texts.pairs(document, 0, tokens(document))) {
      if (pair.queryToken() < query.words().size()) {
        why.add(
            new Match(
                query.words().get(pair.queryToken()),
                words.get(pair.documentToken()),
                pair.similarity(),
                pair.part()));
      }
    }
    return why;
  }
}
