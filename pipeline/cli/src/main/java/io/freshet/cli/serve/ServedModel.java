package io.freshet.cli.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.http.ReaderCounts;
import io.freshet.cli.http.ReaderMetrics;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.search.ModelSearch;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.search.NoRanker;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.ReaderStats;
import io.freshet.serving.Scores;
import io.freshet.serving.StaleModel;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What requests name: a model or a served name, and its reader. Safe for many threads. */
public final class ServedModel implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final ModelReader reader;
  private final ModelSearch search;
  private final LongSupplier sourceClock;
  private volatile @Nullable Family family;

  /** A model's family, with the settings that it was read from. */
  private record Family(String settings, String name) {}

  /**
   * @param kafka where the catalogue is: a model that ranks begins to read it with its first
   *     version
   * @param sourceClock milliseconds since 1970 UTC; 0 while the source's time is not known
   */
  public ServedModel(String name, KafkaAccess kafka, ModelReader reader, LongSupplier sourceClock) {
    this.name = name;
    this.reader = reader;
    this.search = new ModelSearch(kafka, reader);
    this.sourceClock = sourceClock;
    reader.onSwap(swap -> waitsFor());
  }

  String name() {
    return name;
  }

  /**
   * @throws RequestRefused if there is nothing to score with, or not so
   */
  ScoreAnswer score(ScoreRequest request) {
    try {
      while (true) {
        String model = reader.model();
        Scores scores =
            reader
                .scorer()
                .score(request.userId(), request.itemIds(), request.context(), request.effort());
        // A served name may be promoted meanwhile: then it is not known which model scored.
        if (model.equals(reader.model())) {
          return new ScoreAnswer(model, scores, isTimeKnown());
        }
      }
    } catch (NoVersion | StaleModel e) {
      throw new RequestRefused(503, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw RequestRefused.bad(String.valueOf(e.getMessage()));
    }
  }

  ModelSearch search() {
    return search;
  }

  boolean isTimeKnown() {
    return sourceClock.getAsLong() > 0;
  }

  /** Null when requests can be answered, and what is waited for when they cannot. */
  @Nullable String waitsFor() {
    try {
      reader.awaitFirst(Duration.ZERO);
      String catalogue = catalogueWaitsFor();
      return isTimeKnown() ? catalogue : "the source's time must be read from its events first";
    } catch (NoVersion e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Of a model that ranks; null where there is nothing to wait for. */
  private @Nullable String catalogueWaitsFor() {
    try {
      return search.waitsFor(Duration.ZERO);
    } catch (NoRanker e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "this process ends";
    }
  }

  /** The version that is served; null before the first. */
  @Nullable Version version() {
    VersionFacts facts = facts();
    return facts == null ? null : facts.version();
  }

  private @Nullable VersionFacts facts() {
    try {
      return reader.stats().facts();
    } catch (NoVersion e) {
      return null;
    }
  }

  /** For metrics; null while a served name stands for nothing. */
  ReaderMetrics.@Nullable Reading reading() {
    try {
      ReaderStats stats = reader.stats();
      VersionFacts facts = stats.facts();
      return new ReaderMetrics.Reading(
          name,
          facts == null ? "" : family(facts.settings()),
          facts == null ? null : facts.version().number(),
          facts == null || !isTimeKnown() ? null : reader.staleness().toMillis(),
          ReaderCounts.of(stats));
    } catch (NoVersion e) {
      return null;
    }
  }

  private String family(String settings) {
    Family known = family;
    if (known == null || !known.settings().equals(settings)) {
      known = new Family(settings, familyIn(settings));
      family = known;
    }
    return known.name();
  }

  private static String familyIn(String settings) {
    try {
      return JSON.readTree(settings).path("family").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a version's settings must be JSON, got " + settings, e);
    }
  }

  @Override
  public void close() {
    search.close();
    reader.close();
  }
}
