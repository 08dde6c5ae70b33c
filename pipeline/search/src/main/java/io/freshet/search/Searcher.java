package io.freshet.search;

import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.serving.ModelReader;
import io.freshet.serving.Served;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Searches a catalogue: BM25 finds the best {@value #CANDIDATES} documents, the freshest verified
 * version of a late-interaction model orders them. Safe for any number of threads.
 *
 * <p>Document vectors are kept from query to query, but only by and for one state of the model's
 * document side: a version never meets vectors that another one's document side made.
 */
public final class Searcher {

  /** How many of BM25's best the model orders. */
  public static final int CANDIDATES = 100;

  /** Floats of document vectors that are kept, 64 MiB. */
  private static final long CAPACITY = 16L << 20;

  private final ModelReader reader;
  private final Catalogue catalogue;
  private final AtomicReference<@Nullable RankingModel> model = new AtomicReference<>();
  private final AtomicReference<@Nullable DocumentVectors> vectors = new AtomicReference<>();

  /** Both stay the caller's to close. */
  public Searcher(ModelReader reader, Catalogue catalogue) {
    this.reader = reader;
    this.catalogue = catalogue;
  }

  /**
   * The documents that suit a query best. A query without words finds nothing; of one with more
   * words than the model reads, the first ones count for BM25 too.
   *
   * @param atMost so many, 1 or more
   * @param weight of the model's order beside that of BM25, 0 or more: 0 leaves BM25's order
   * @throws NoRanker if the reader's model is no late-interaction model
   * @throws io.freshet.serving.NoVersion before its first version
   * @throws io.freshet.serving.StaleModel beyond the reader's staleness limit
   */
  public Found search(String query, int atMost, double weight) {
    if (atMost < 1 || !(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "at least 1 document must be asked for, with a weight of 0 or more, got %d and %s"
              .formatted(atMost, weight));
    }
    return reader.read(served -> search(served, query, atMost, weight));
  }

  private Found search(Served served, String text, int atMost, double weight) {
    RankingModel ranker = model(served.facts().settings());
    RankingModel.Query query = ranker.query(text);
    List<Candidate> candidates = catalogue.best(query.words(), CANDIDATES);
    ColbertScorer scorer = (ColbertScorer) served.scorer();
    long now = served.facts().eventTime() + served.staleness().toMillis();
    Ranking ranking =
        new Ranking(ranker, scorer, vectors(Ranking.sideOf(ranker, scorer.texts())), now);
    return new Found(
        query.words(),
        query.wordsInAll(),
        served.facts().version(),
        served.staleness(),
        scorer.texts().generations(),
        catalogue.size(),
        candidates.size(),
        ranking.best(query, candidates, atMost, weight));
  }

  private RankingModel model(String settings) {
    RankingModel known = model.get();
    if (known == null || !known.json().equals(settings)) {
      known = RankingModel.of(settings);
      model.set(known);
    }
    return known;
  }

  private DocumentVectors vectors(DocumentVectors.Side side) {
    DocumentVectors known = vectors.get();
    if (known == null || !known.side().equals(side)) {
      known = new DocumentVectors(side, CAPACITY);
      vectors.set(known);
    }
    return known;
  }
}
