package io.freshet.cli.guard;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.learner.ReferenceLoop;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.metric.QualityRows;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What models and references said of a sequence before they learnt from it. */
final class Lesson implements Consumer<Evaluation> {

  private final Map<String, QualityRows.Builder> rows = new LinkedHashMap<>();

  private Lesson() {}

  /** Every model of the file and every reference, by name, on the same sequence. */
  static Map<String, QualityRows> all(ModelsFile models, List<Entry> entries) {
    Lesson lesson = new Lesson();
    HistoryPlan plan = HistoryPlan.of(models.models());
    models.models().forEach(model -> lesson.teach(model, plan, entries));
    ModelSettings shared = models.models().get(0);
    try (ReferenceLoop loop =
        ReferenceLoop.start(shared, plan, models.stream().labelAction(), lesson, 0)) {
      SequentialReplay.teach(entries, loop);
    }
    Map<String, QualityRows> built = new LinkedHashMap<>();
    lesson.rows.forEach((name, builder) -> built.put(name, builder.build()));
    return built;
  }

  private void teach(ModelSettings model, HistoryPlan plan, List<Entry> entries) {
    try (LearnerLoop loop = start(model, plan, this)) {
      SequentialReplay.teach(entries, loop);
    }
  }

  /** A model that publishes into memory, once: the clock stands still. */
  static LearnerLoop start(
      ModelSettings model, HistoryPlan plan, Consumer<Evaluation> evaluations) {
    InMemoryModelLog log = new InMemoryModelLog(model.name(), InstantSource.fixed(Instant.EPOCH));
    Publication.Port port =
        new Publication.Port(log.open(), () -> 0, Stretch.INPUTS::nameOf, "test");
    return LearnerLoop.start(model, plan, LearnerFamilies.named(model.family()), port, evaluations);
  }

  @Override
  public void accept(Evaluation evaluation) {
    QualityRows.Builder builder =
        rows.computeIfAbsent(evaluation.model(), name -> new QualityRows.Builder());
    for (EvaluationRow row : evaluation.rows()) {
      builder.add(
          row.label(),
          row.weight(),
          row.prediction(),
          row.userId() == null ? QualityRows.NO_USER : Ids.of(row.userId()),
          row.position(),
          row.trueProbability() == null ? Double.NaN : row.trueProbability(),
          row.readyTime());
    }
  }
}
