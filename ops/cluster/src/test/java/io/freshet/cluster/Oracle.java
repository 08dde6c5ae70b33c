package io.freshet.cluster;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.LearnerFamilies;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Sources;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a model says of the events of a source, without Flink and without Kafka. */
final class Oracle {

  private Oracle() {}

  static ModelsFile models(String yaml, String source) {
    return DefaultModels.read(yaml, Sources.open(source, 1).defaults());
  }

  /** One line per example, in training order: step, example, prediction, label. */
  static List<String> predictions(ModelsFile models, String model, String source) {
    ModelSettings settings =
        models.models().stream().filter(m -> m.name().equals(model)).findFirst().orElseThrow();
    List<String> lines = new ArrayList<>();
    Publication.Port port =
        new Publication.Port(
            new InMemoryModelLog(model, InstantSource.fixed(Instant.EPOCH)).open(),
            () -> 0,
            String::valueOf,
            "oracle");
    try (LearnerLoop loop =
        LearnerLoop.start(
            settings,
            HistoryPlan.of(models.models()),
            LearnerFamilies.named(settings.family()),
            port,
            evaluation -> lines(evaluation, lines))) {
      SequentialReplay.teach(SequentialReplay.entries(models, List.of(records(source))), loop);
    }
    return lines;
  }

  private static List<InputRecord> records(String source) {
    List<InputRecord> records = new ArrayList<>();
    Iterator<Event> events = Sources.open(source, 1).from(0);
    while (events.hasNext()) {
      records.add(new InputRecord(events.next(), 0, records.size(), 0));
    }
    records.add(
        new InputRecord(new Heartbeat(Heartbeat.END_OF_TIME, "oracle", 0), 0, records.size(), 0));
    return records;
  }

  private static void lines(Evaluation evaluation, List<String> to) {
    for (EvaluationRow row : evaluation.rows()) {
      to.add(line(evaluation.step(), row.exampleId(), row.prediction(), row.label()));
    }
  }

  static String line(long step, String example, float prediction, float label) {
    return step + " " + example + " " + prediction + " " + label;
  }
}
