package io.freshet.search;

import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.serving.ModelReader;
import io.freshet.serving.Served;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Searches a catalogue: BM25 finds the best {@value #CANDIDATES} documents, the freshest verified
 * version of a late-interaction model orders them. Safe for any number of threads.
 *
 * <p>Document vectors are kept from query to query, but only by and for one state of the model's
 * document side: a version never meets vectors that another one's document side made. When a
 * version with another document side comes, the documents that were asked for lately are read anew
 * in the background, and the version before is searched with until they are: {@link Found#version}
 * and {@link Found#staleness} say so.
 */
public final class Searcher implements AutoCloseable {

  /** How many of BM25's best the model orders. */
  public static final int CANDIDATES = 100;

  /** Floats of a set of document vectors, 64 MiB. */
  private static final long CAPACITY = 16L << 20;

  private final ModelReader reader;
  private final Catalogue catalogue;
  private final RankingModels models = new RankingModels();
  private final Generations generations;
  private final ExecutorService background;

  private Searcher(ModelReader reader, Catalogue catalogue, ExecutorService background) {
    this.reader = reader;
    this.catalogue = catalogue;
    this.background = background;
    this.generations = new Generations(reader, catalogue, models, background, CAPACITY);
  }

  /** Both stay the caller's to close, after this. */
  public static Searcher open(ModelReader reader, Catalogue catalogue) {
    return open(
        reader,
        catalogue,
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "freshet-documents");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy()));
  }

  /**
   * @param background reads documents; what it does not take is not read
   */
  static Searcher open(ModelReader reader, Catalogue catalogue, ExecutorService background) {
    Searcher searcher = new Searcher(reader, catalogue, background);
    reader.beforeSwap(searcher.generations::announce);
    return searcher;
  }

  /** As {@link #search(String, int, double, Bm25)}, by the catalogue's own constants of BM25. */
  public Found search(String query, int atMost, double weight) {
    return search(query, atMost, weight, catalogue.bm25());
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
  public Found search(String query, int atMost, double weight, Bm25 bm25) {
    if (atMost < 1 || !(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "at least 1 document must be asked for, with a weight of 0 or more, got %d and %s"
              .formatted(atMost, weight));
    }
    return reader.read(served -> search(served, query, atMost, weight, bm25));
  }

  private Found search(Served served, String text, int atMost, double weight, Bm25 bm25) {
    RankingModel model = models.of(served.facts().settings());
    ColbertScorer scorer = (ColbertScorer) served.scorer();
    Generations.Choice choice = generations.choose(Ranking.sideOf(model, scorer.texts()));
    Search search = new Search(text, atMost, weight, bm25, served.now());
    KeptVersion kept = choice.instead();
    if (kept == null) {
      return search.by(model, served.facts(), scorer, choice.vectors());
    }
    return kept.with(own -> search.by(kept.model(), kept.facts(), own, choice.vectors()));
  }

  private final class Search {

    private final String text;
    private final int atMost;
    private final double weight;
    private final Bm25 bm25;
    private final long now;

    Search(String text, int atMost, double weight, Bm25 bm25, long now) {
      this.text = text;
      this.atMost = atMost;
      this.weight = weight;
      this.bm25 = bm25;
      this.now = now;
    }

    Found by(
        RankingModel model, VersionFacts facts, ColbertScorer scorer, DocumentVectors vectors) {
      RankingModel.Query query = model.query(text);
      List<Candidate> candidates = catalogue.best(query.words(), CANDIDATES, bm25);
      Ranking ranking = new Ranking(model, scorer, vectors, now);
      return new Found(
          query.words(),
          query.wordsInAll(),
          model.settings().name(),
          facts.version(),
          facts.eventTime(),
          Duration.ofMillis(Math.max(0, now - facts.eventTime())),
          scorer.texts().generations(),
          catalogue.size(),
          candidates.size(),
          ranking.best(query, candidates, atMost, weight));
    }
  }

  /** Stops reading documents in the background, and lets go of what was read. */
  @Override
  public void close() {
    background.shutdownNow();
    generations.close();
  }
}
