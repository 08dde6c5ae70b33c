package io.freshet.bench.measure;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.learner.ReferenceLoop;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.metric.LogLoss;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.schema.event.Event;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The models of a file and the logistic regression on the beginning of a source, from memory and
 * one after the other: their log losses before learning, for choosing settings. Arguments: source,
 * seed, events, models file (none: the source's own).
 */
public final class ModelsAlone {

  private static final int WALK_EVERY = 1_024;

  private static final String REFERENCE = "logistic-regression";

  /** By model, in the order of learning. */
  private final Map<String, List<Double>> losses = new LinkedHashMap<>();

  private ModelsAlone() {}

  public static void main(String[] arguments) {
    if (arguments.length < 3) {
      throw new IllegalArgumentException(
          "arguments must be SOURCE SEED EVENTS [MODELS], got " + List.of(arguments));
    }
    Source source = Sources.open(arguments[0], Long.parseLong(arguments[1]));
    long events = Long.parseLong(arguments[2]);
    Path file = arguments.length > 3 ? Path.of(arguments[3]) : null;
    ModelsFile models =
        DefaultModels.read(DefaultModels.text(file, source.name()), source.defaults());
    List<Entry> entries = entries(source, events, models);
    ModelsAlone all = new ModelsAlone();
    HistoryPlan plan = HistoryPlan.of(models.models());
    try (ReferenceLoop references =
        ReferenceLoop.start(
            models.models().get(0), plan, models.stream().labelAction(), all::evaluated, 0)) {
      SequentialReplay.teach(entries, references);
    }
    for (ModelSettings model : models.models()) {
      long began = System.nanoTime();
      try (LearnerLoop loop = learner(model, plan, all)) {
        SequentialReplay.teach(entries, loop);
      }
      all.print(model.name(), (System.nanoTime() - began) / 1e9);
    }
  }

  private static List<Entry> entries(Source source, long events, ModelsFile models) {
    List<Entry> entries = new ArrayList<>();
    SequentialReplay replay = new SequentialReplay(models, List.of(0), entries::add);
    Iterator<Event> all = source.from(0);
    for (long i = 0; i < events && all.hasNext(); i++) {
      replay.take(new InputRecord(all.next(), 0, i, 0));
      if (i % WALK_EVERY == 0) {
        replay.walk();
      }
    }
    replay.walk();
    return entries;
  }

  private static LearnerLoop learner(ModelSettings model, HistoryPlan plan, ModelsAlone all) {
    Publication.Port port =
        new Publication.Port(
            new InMemoryModelLog(model.name(), InstantSource.system()).open(),
            () -> 0,
            number -> "source-" + number,
            "measure");
    return LearnerLoop.start(
        model, plan, LearnerFamilies.named(model.family()), port, all::evaluated);
  }

  private void evaluated(Evaluation evaluation) {
    List<Double> ofModel = losses.computeIfAbsent(evaluation.model(), name -> new ArrayList<>());
    for (EvaluationRow row : evaluation.rows()) {
      ofModel.add(LogLoss.of(row.prediction(), row.label()));
    }
  }

  /** Every line holds one model; examples are in the same order for all. */
  private void print(String model, double seconds) {
    List<Double> own = losses.getOrDefault(model, List.of());
    List<Double> reference = losses.getOrDefault(REFERENCE, List.of());
    int fifth = own.size() * 4 / 5;
    System.out.printf(
        Locale.ROOT,
        "%-24s %,d examples: log loss %.5f, last fifth %.5f; beside %s %+.5f, last fifth %+.5f;"
            + " %.1f s%n",
        model,
        own.size(),
        mean(own, 0),
        mean(own, fifth),
        REFERENCE,
        mean(own, 0) - mean(reference, 0),
        mean(own, fifth) - mean(reference, fifth),
        seconds);
  }

  private static double mean(List<Double> values, int from) {
    return values.stream().skip(from).mapToDouble(v -> v).average().orElse(Double.NaN);
  }
}
