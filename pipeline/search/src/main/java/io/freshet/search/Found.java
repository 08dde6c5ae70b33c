package io.freshet.search;

import io.freshet.modellog.Version;
import java.time.Duration;
import java.util.List;

/**
 * What a search found, all by one version.
 *
 * @param words of the query that were searched for: the first so many as the model reads
 * @param wordsInAll of the query
 * @param model that ordered the documents
 * @param version of it
 * @param eventTime up to which the version has learnt, milliseconds since 1970 UTC
 * @param staleness source clock at the call minus the event time up to which the version has learnt
 * @param generation how often its document side had changed
 * @param searched documents in the catalogue that can be found
 * @param candidates documents that shared words with the query and were ordered
 * @param documents the best of them, best first; empty where no document shares a word
 */
public record Found(
    List<String> words,
    int wordsInAll,
    String model,
    Version version,
    long eventTime,
    Duration staleness,
    long generation,
    int searched,
    int candidates,
    List<Ranked> documents) {

  public Found {
    words = List.copyOf(words);
    documents = List.copyOf(documents);
  }
}
