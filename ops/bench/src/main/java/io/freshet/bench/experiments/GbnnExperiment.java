package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Columns;
import io.freshet.learning.gbnn.Gbnn;
import io.freshet.learning.gbnn.GbnnSettings;
import io.freshet.learning.gbnn.GbnnTrainer;
import io.freshet.learning.gbnn.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Boosted networks on tables of the UCI repository, against a network of the same size by Adam with
 * the same number of settings to choose from, and with the last half of the units switched off.
 * Arguments: the command as people write it, the folder of tables, the page.
 */
public final class GbnnExperiment {

  static final int UNITS = 200;
  static final int ITERATIONS = 200;
  static final int MOST_ROWS = 600;
  static final int OUTER = 5;
  static final int INNER = 2;
  static final int EPOCHS = 100;
  private static final long SEED = 1;
  private static final List<Growth> GROWTHS = List.of(new Growth(4, 0.1), new Growth(20, 0.4));
  private static final double[] SUBSAMPLES = {0.5, 1};
  private static final double[] RATES = {0.001, 0.003, 0.01, 0.03};
  private static final double[] PENALTIES = {1e-4, 1};

  private static final String BINARY =
      "australian banknote breast-cancer-wisconsin breast-cancer-wdbc german-credit hepatitis"
          + " indian-liver ionosphere magic04 sonar spambase tic-tac-toe";
  private static final String MULTI_CLASS =
      "digits iris letter segment vehicle vowel waveform wine";
  private static final String REGRESSION =
      "abalone concrete energy-heating power-plant protein wine-quality-red wine-quality-white yacht";

  /** Many small steps or few large ones: large blocks by small steps never reach a close fit. */
  private record Growth(int blockUnits, double shrinkage) {}

  /** What one table showed, fold by fold. */
  record Outcome(
      UciTable table, double[] boosted, double[] half, double[] adam, List<String> chosen) {

    /** Above zero: boosting is better by so much, in accuracy or in root mean squared error. */
    double[] better() {
      double[] better = new double[boosted.length];
      for (int f = 0; f < better.length; f++) {
        double difference = boosted[f] - adam[f];
        better[f] = table.task() == Task.REGRESSION ? -difference : difference;
      }
      return better;
    }

    /**
     * Rounded, so that as many errors are no difference, and equal differences share their ranks.
     */
    double meanBetter() {
      return Math.rint(Page.mean(better()) * 1e9) / 1e9;
    }
  }

  /** What trains a model by some settings. */
  private interface Training {

    Model of(Task task, Columns inputs, double[] labels);
  }

  /** One of the settings to choose from. */
  private record Candidate(String name, Training training) {

    Model train(Task task, UciTable.Split split) {
      return training.of(task, split.train(), split.trainLabels());
    }
  }

  /** Seen as a {@link Model}, so that both are chosen by the same code. */
  private record Boosted(Gbnn gbnn) implements Model {

    @Override
    public double[][] scores(Columns inputs) {
      return gbnn.scores(inputs);
    }
  }

  private GbnnExperiment() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IllegalArgumentException(
          "arguments must be COMMAND TABLES PAGE, got " + List.of(arguments));
    }
    Path data = Path.of(arguments[1]);
    List<Outcome> outcomes = new ArrayList<>();
    for (Task task : Task.values()) {
      String names =
          switch (task) {
            case BINARY -> BINARY;
            case MULTI_CLASS -> MULTI_CLASS;
            case REGRESSION -> REGRESSION;
          };
      for (String name : names.split(" ")) {
        Path file = data.resolve(name + ".csv.gz");
        Outcome outcome = outcome(UciTable.read(file, name, task, MOST_ROWS, SEED));
        outcomes.add(outcome);
        System.err.printf(
            "%s: boosted %s, adam %s%n",
            name, Page.spread(outcome.boosted(), 4), Page.spread(outcome.adam(), 4));
      }
    }
    List<ReferenceRuns.Row> references = ReferenceRuns.rows(data);
    Page.replace(Path.of(arguments[2]), "gbnn", GbnnPage.text(arguments[0], outcomes, references));
  }

  private static Outcome outcome(UciTable table) {
    int[] folds = UciTable.folds(table.task(), table.labels(), OUTER);
    double[] boosted = new double[OUTER];
    double[] half = new double[OUTER];
    double[] adam = new double[OUTER];
    List<String> chosen = new ArrayList<>();
    for (int fold = 0; fold < OUTER; fold++) {
      int[] train = rows(folds, fold, false);
      UciTable.Split split = table.split(train, rows(folds, fold, true));
      List<Candidate> ours = boosted(SEED + fold);
      List<Candidate> theirs = adam(SEED + fold);
      int bestOfOurs = best(table, train, ours);
      int bestOfTheirs = best(table, train, theirs);
      Boosted model = (Boosted) ours.get(bestOfOurs).train(table.task(), split);
      boosted[fold] = quality(table.task(), model.scores(split.test()), split.testLabels());
      double[][] first = model.gbnn().scores(split.test(), model.gbnn().blocks().size() / 2);
      half[fold] = quality(table.task(), first, split.testLabels());
      Model other = theirs.get(bestOfTheirs).train(table.task(), split);
      adam[fold] = quality(table.task(), other.scores(split.test()), split.testLabels());
      chosen.add(ours.get(bestOfOurs).name());
    }
    return new Outcome(table, boosted, half, adam, chosen);
  }

  private static List<Candidate> boosted(long seed) {
    List<Candidate> candidates = new ArrayList<>();
    for (Growth growth : GROWTHS) {
      for (double subsample : SUBSAMPLES) {
        for (double penalty : PENALTIES) {
          GbnnSettings settings =
              new GbnnSettings(
                  UNITS,
                  growth.blockUnits(),
                  growth.shrinkage(),
                  subsample,
                  ITERATIONS,
                  penalty,
                  seed);
          candidates.add(
              new Candidate(
                  "%d/%s/%s".formatted(growth.blockUnits(), subsample, penalty),
                  (task, inputs, labels) ->
                      new Boosted(new GbnnTrainer(settings).train(task, inputs, labels))));
        }
      }
    }
    return candidates;
  }

  private static List<Candidate> adam(long seed) {
    List<Candidate> candidates = new ArrayList<>();
    for (double rate : RATES) {
      for (double penalty : PENALTIES) {
        AdamNetwork.Plan plan = new AdamNetwork.Plan(UNITS, EPOCHS, rate, penalty);
        candidates.add(
            new Candidate(
                "%s/%s".formatted(rate, penalty),
                (task, inputs, labels) -> {
                  int outputs =
                      task == Task.MULTI_CLASS
                          ? (int) Arrays.stream(labels).max().orElse(0) + 1
                          : 1;
                  AdamNetwork network = new AdamNetwork(plan, task, outputs, inputs.width(), seed);
                  network.train(inputs, labels, seed);
                  return network;
                }));
      }
    }
    return candidates;
  }

  /** The candidate of the best mean quality over inner folds. */
  private static int best(UciTable table, int[] rows, List<Candidate> candidates) {
    double[] labels = Arrays.stream(rows).mapToDouble(r -> table.labels()[r]).toArray();
    int[] folds = UciTable.folds(table.task(), labels, INNER);
    double[] sums = new double[candidates.size()];
    for (int fold = 0; fold < INNER; fold++) {
      int[] train = Arrays.stream(rows(folds, fold, false)).map(i -> rows[i]).toArray();
      int[] test = Arrays.stream(rows(folds, fold, true)).map(i -> rows[i]).toArray();
      UciTable.Split split = table.split(train, test);
      for (int c = 0; c < sums.length; c++) {
        double[][] scores = candidates.get(c).train(table.task(), split).scores(split.test());
        double quality = quality(table.task(), scores, split.testLabels());
        sums[c] += table.task() == Task.REGRESSION ? -quality : quality;
      }
    }
    int best = 0;
    for (int c = 1; c < sums.length; c++) {
      best = sums[c] > sums[best] ? c : best;
    }
    return best;
  }

  /** Accuracy, or the root of the mean squared error in training deviations of the target. */
  static double quality(Task task, double[][] scores, double[] labels) {
    double sum = 0;
    for (int r = 0; r < labels.length; r++) {
      if (task == Task.REGRESSION) {
        sum += (scores[0][r] - labels[r]) * (scores[0][r] - labels[r]);
      } else if (task == Task.BINARY) {
        sum += scores[0][r] > 0 == labels[r] > 0 ? 1 : 0;
      } else {
        int best = 0;
        for (int k = 1; k < scores.length; k++) {
          best = scores[k][r] > scores[best][r] ? k : best;
        }
        sum += best == (int) labels[r] ? 1 : 0;
      }
    }
    double mean = sum / labels.length;
    return task == Task.REGRESSION ? Math.sqrt(mean) : mean;
  }

  static int[] rows(int[] folds, int fold, boolean inside) {
    int[] rows = new int[folds.length];
    int count = 0;
    for (int r = 0; r < folds.length; r++) {
      if (folds[r] == fold == inside) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }
}
