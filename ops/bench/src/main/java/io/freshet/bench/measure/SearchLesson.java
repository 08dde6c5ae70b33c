package io.freshet.bench.measure;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.colbert.ColbertLearning;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.source.search.Bm25;
import io.freshet.source.search.SearchCollection;
import io.freshet.source.search.SearchCollection.Document;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A late-interaction model that learns from pages of a collection. It has met every document, so
 * that its tables have the size that they come to; what is clicked is drawn, since only time is
 * measured here.
 */
final class SearchLesson implements AutoCloseable {

  private static final int BATCH = 256;
  private static final int PAGES = 16;
  private static final int PAGE = 10;

  private final ModelSettings settings;
  private final SearchCollection collection;
  private final FeatureEncoder encoder;
  private final Learner learner;
  private final Bm25 ranker;
  private final Random random = new Random(1);
  private long time = 1;
  private @Nullable VersionFacts last;

  SearchLesson(ModelSettings settings, SearchCollection collection) {
    this.settings = settings;
    this.collection = collection;
    this.encoder = new FeatureEncoder(settings);
    this.learner = new ColbertLearning().create(settings);
    this.ranker = new Bm25(collection.documents().stream().map(Document::text).toList());
    List<Example> batch = new ArrayList<>();
    for (int document = 0; document < collection.documents().size(); document++) {
      String query = collection.queries().get(document % collection.queries().size()).text();
      batch.add(example(query, document, 1, random.nextInt(PAGE) == 0));
      if (batch.size() == BATCH || document == collection.documents().size() - 1) {
        learner.train(batch);
        learner.endRound(++time);
        batch.clear();
      }
    }
  }

  /** Learns some pages. */
  void round() {
    List<Example> batch = new ArrayList<>();
    for (int p = 0; p < PAGES; p++) {
      String query = collection.queries().get(random.nextInt(collection.queries().size())).text();
      int position = 0;
      for (int document : ranker.top(query, PAGE)) {
        batch.add(example(query, document, ++position, random.nextInt(PAGE) == 0));
      }
    }
    learner.train(batch);
    learner.endRound(++time);
  }

  private Example example(String query, int document, int position, boolean clicked) {
    Document shown = collection.documents().get(document);
    EncodedExample features =
        encoder.encode(
            new Instance(
                shown.id(),
                Map.of("text", shown.text()),
                null,
                Map.of(),
                position,
                time,
                Map.of(),
                query));
    return new Example(
        random.nextLong(),
        features,
        new float[0],
        0,
        clicked ? 1 : 0,
        1,
        clicked ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        time,
        time,
        position,
        1f / position);
  }

  /** Publishes what was learnt since the last version. */
  void publish(ModelLog log, long epoch) {
    VersionFacts before = last;
    LearnerDelta changed =
        before == null ? LearnerDelta.whole(learner.snapshot()) : learner.drain();
    if (before == null) {
      learner.drain();
    }
    Map<String, Long> counts = new HashMap<>();
    learner
        .servingState()
        .tables()
        .values()
        .forEach(table -> counts.put(table.name(), (long) table.size()));
    VersionFacts facts =
        new VersionFacts(
            new Version(epoch, before == null ? 1 : before.version().number() + 1),
            before == null ? null : before.version(),
            before == null ? HashValue.EMPTY : before.stateHash(),
            changed.servingHash(),
            learner.step(),
            time,
            counts,
            Map.of(),
            Map.of(),
            "measure",
            ModelSettingsJson.write(settings),
            settings.seed(),
            learner.engine(),
            "measure");
    log.publish(facts, changed);
    last = facts;
  }

  @Override
  public void close() {
    learner.close();
  }
}
