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
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The models of a file and the logistic regression on the beginning of a source, from memory and
 * one after the other: their log losses before learning, for choosing settings. With several seeds,
 * which choose the source's draws and the models' initial values, also the mean over seeds of the
 * differences to the logistic regression and Student's 95 % interval. Arguments: source, seeds,
 * events, models file ({@code -} or none: the source's own), names of models (none: all).
 */
public final class ModelsAlone {

  private static final int WALK_EVERY = 1_024;

  private static final String REFERENCE = "logistic-regression";

  /** Two-sided 5 % of Student's t by degrees of freedom, from 1; the last for more. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262
  };

  /** By model, in the order of learning. */
  private final Map<String, List<Double>> losses = new LinkedHashMap<>();

  private ModelsAlone() {}

  public static void main(String[] arguments) {
    if (arguments.length < 3 || arguments.length > 5) {
      throw new IllegalArgumentException(
          "arguments must be SOURCE SEEDS EVENTS [MODELS [NAMES]], got " + List.of(arguments));
    }
    long[] seeds = Arrays.stream(arguments[1].split(",")).mapToLong(Long::parseLong).toArray();
    long events = Long.parseLong(arguments[2]);
    Path file = arguments.length > 3 && !arguments[3].equals("-") ? Path.of(arguments[3]) : null;
    Set<String> names = arguments.length > 4 ? Set.of(arguments[4].split(",")) : Set.of();
    Map<String, List<Double>> differences = new LinkedHashMap<>();
    for (long seed : seeds) {
      System.out.println("seed " + seed);
      Source source = Sources.open(arguments[0], seed);
      String text = seeded(DefaultModels.text(file, source.name()), seed);
      ModelsFile models = DefaultModels.read(text, source.defaults());
      of(source, events, models, names)
          .forEach(
              (model, difference) ->
                  differences.computeIfAbsent(model, m -> new ArrayList<>()).add(difference));
    }
    if (seeds.length > 1) {
      differences.forEach(ModelsAlone::printOverSeeds);
    }
  }

  /** Every model of the file by this seed. */
  private static String seeded(String text, long seed) {
    return text.replaceAll("(?m)^( +)family: .*$", "$0\n$1seed: " + seed);
  }

  /** The mean difference of each model's log loss to the logistic regression's. */
  private static Map<String, Double> of(
      Source source, long events, ModelsFile models, Set<String> names) {
    List<Entry> entries = entries(source, events, models);
    ModelsAlone all = new ModelsAlone();
    HistoryPlan plan = HistoryPlan.of(models.models());
    try (ReferenceLoop references =
        ReferenceLoop.start(
            models.models().get(0), plan, models.stream().labelAction(), all::evaluated, 0)) {
      SequentialReplay.teach(entries, references);
    }
    Map<String, Double> differences = new LinkedHashMap<>();
    for (ModelSettings model : models.models()) {
      if (names.isEmpty() || names.contains(model.name())) {
        long began = System.nanoTime();
        try (LearnerLoop loop = learner(model, plan, all)) {
          SequentialReplay.teach(entries, loop);
        }
        all.print(model.name(), (System.nanoTime() - began) / 1e9);
        differences.put(model.name(), all.difference(model.name()));
      }
    }
    return differences;
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

  private double difference(String model) {
    return mean(losses.getOrDefault(model, List.of()), 0)
        - mean(losses.getOrDefault(REFERENCE, List.of()), 0);
  }

  private static void printOverSeeds(String model, List<Double> differences) {
    int n = differences.size();
    double mean = mean(differences, 0);
    double squares = differences.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum();
    double deviation = Math.sqrt(squares / (n - 1));
    double half = T[Math.min(n - 1, T.length) - 1] * deviation / Math.sqrt(n);
    System.out.printf(
        Locale.ROOT,
        "%-24s %d seeds: beside %s %+.5f ± %.5f, 95 %% [%+.5f, %+.5f]%n",
        model,
        n,
        REFERENCE,
        mean,
        deviation,
        mean - half,
        mean + half);
  }

  private static double mean(List<Double> values, int from) {
    return values.stream().skip(from).mapToDouble(v -> v).average().orElse(Double.NaN);
  }
}
