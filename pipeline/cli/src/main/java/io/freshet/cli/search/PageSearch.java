package io.freshet.cli.search;

import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.VersionFacts;
import io.freshet.search.Bm25;
import io.freshet.search.Catalogue;
import io.freshet.search.CatalogueFeed;
import io.freshet.search.Found;
import io.freshet.search.NoRanker;
import io.freshet.search.RankingModel;
import io.freshet.search.Searcher;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Searches the catalogue by the models of this process' readers. Whoever never asks pays nothing:
 * the catalogue is read when a model is searched with first. Safe for any number of threads.
 */
public final class PageSearch implements AutoCloseable {

  private static final int SHOWN = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaAccess kafka;
  private final Function<String, @Nullable ModelReader> readers;
  private final ToLongFunction<Found> stalenessMs;
  private final LongSupplier nanoTime;
  private final Map<String, Opened> opened = new HashMap<>();
  private boolean closed;

  private record Opened(Catalogue catalogue, CatalogueFeed feed, Searcher searcher)
      implements AutoCloseable {

    @Override
    public void close() {
      searcher.close();
      feed.close();
      catalogue.close();
    }
  }

  /**
   * @param readers that of a model by name; null where there is none, or none yet
   * @param stalenessMs of what found it, as people are told of it
   */
  public PageSearch(
      KafkaAccess kafka,
      Function<String, @Nullable ModelReader> readers,
      ToLongFunction<Found> stalenessMs,
      LongSupplier nanoTime) {
    this.kafka = kafka;
    this.readers = readers;
    this.stalenessMs = stalenessMs;
    this.nanoTime = nanoTime;
  }

  /**
   * @throws RequestRefused where that cannot be answered, or not yet
   */
  public SearchView search(String model, String query) {
    ModelReader reader = readers.apply(model);
    if (reader == null) {
      throw new RequestRefused(503, "model %s must have a reader, it has none".formatted(model));
    }
    try {
      Opened searching = opened(model, reader);
      if (!searching.feed().awaitCaughtUp(PATIENCE)) {
        String problem = searching.feed().problem();
        throw new RequestRefused(
            503,
            "the catalogue must be read first; " + (problem == null ? "reading goes on" : problem));
      }
      long began = nanoTime.getAsLong();
      Found found = searching.searcher().search(query, SHOWN, 1);
      long took = nanoTime.getAsLong() - began;
      return SearchView.of(model, found, stalenessMs.applyAsLong(found), took);
    } catch (NoVersion e) {
      throw new RequestRefused(503, String.valueOf(e.getMessage()));
    } catch (NoRanker e) {
      throw RequestRefused.bad(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestRefused(503, "interrupted while the catalogue was read");
    }
  }

  private synchronized Opened opened(String model, ModelReader reader) {
    if (closed) {
      throw new RequestRefused(503, "this process ends");
    }
    Opened known = opened.get(model);
    if (known == null) {
      VersionFacts facts = reader.stats().facts();
      if (facts == null) {
        throw new NoVersion("model %s must have a version, none has come yet".formatted(model));
      }
      RankingModel ranking = RankingModel.of(facts.settings());
      Catalogue catalogue = new Catalogue(Bm25.DEFAULT, ranking.documentAttributes());
      known =
          new Opened(
              catalogue,
              CatalogueFeed.open(kafka.client(), kafka.topics(), catalogue),
              Searcher.open(reader, catalogue));
      opened.put(model, known);
    }
    return known;
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.values().forEach(Opened::close);
    opened.clear();
  }
}
