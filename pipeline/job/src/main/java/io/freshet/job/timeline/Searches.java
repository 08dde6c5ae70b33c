package io.freshet.job.timeline;

import io.freshet.job.Entry;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which records and entries go to the timeline of a query, and which models learn from it. */
public final class Searches {

  private Searches() {}

  /**
   * Whether a model ranks: it reads the query, so it learns from what was shown for queries, each
   * query's examples together.
   */
  public static boolean areLearntBy(ModelSettings model) {
    return model.features().stream()
        .flatMap(feature -> feature.from().stream())
        .anyMatch(from -> FeatureSource.of(from).kind() == FeatureSource.Kind.QUERY_TEXT);
  }

  /** The names of the models that rank. */
  public static Set<String> modelsThatRank(ModelsFile file) {
    return file.models().stream()
        .filter(Searches::areLearntBy)
        .map(ModelSettings::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  public static boolean concerns(InputRecord record) {
    return record.event() instanceof QueryEvent || record.event() instanceof JudgmentEvent;
  }

  public static boolean concerns(Entry entry) {
    return queryId(entry) != null;
  }

  public static String key(InputRecord record) {
    return record.event() instanceof QueryEvent query
        ? query.queryId()
        : ((JudgmentEvent) record.event()).queryId();
  }

  public static String key(Entry entry) {
    return Objects.requireNonNull(queryId(entry), "an entry here must have a query");
  }

  private static @Nullable String queryId(Entry entry) {
    return entry instanceof Entry.Predict predict
        ? predict.queryId()
        : ((Entry.Train) entry).queryId();
  }
}
