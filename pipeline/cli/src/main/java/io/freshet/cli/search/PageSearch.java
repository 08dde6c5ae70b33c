package io.freshet.cli.search;

import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.search.Found;
import io.freshet.serving.ModelReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Searches by the models of a demo's readers, for its page. Safe for any number of threads. */
public final class PageSearch implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaAccess kafka;
  private final Function<String, @Nullable ModelReader> readers;
  private final ToLongFunction<Found> stalenessMs;
  private final LongSupplier nanoTime;
  private final Map<String, ModelSearch> searches = new HashMap<>();
  private boolean closed;

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
    ModelSearch search = of(model, reader);
    long began = nanoTime.getAsLong();
    Found found = search.answer(query, SearchTerms.DEFAULT, PATIENCE);
    long took = nanoTime.getAsLong() - began;
    return SearchView.of(model, found, stalenessMs.applyAsLong(found), took, true);
  }

  private synchronized ModelSearch of(String model, ModelReader reader) {
    if (closed) {
      throw new RequestRefused(503, "this process ends");
    }
    return searches.computeIfAbsent(model, name -> new ModelSearch(kafka, reader));
  }

  @Override
  public synchronized void close() {
    closed = true;
    searches.values().forEach(ModelSearch::close);
    searches.clear();
  }
}
