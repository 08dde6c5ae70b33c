package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Task;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Boosted networks that learn a table in one pass, in three forms, against a network of the same
 * size by Adam on the same pass; and what an abrupt drift costs them. Arguments: the command as
 * people write it, the folder of tables, the page.
 */
public final class StreamingExperiment {

  static final int SEEDS = 5;
  private static final long TUNING_SEED = 0;
  private static final long DRIFT = 1_000;
  private static final int[] BATCHES = {8, 16};
  private static final double[] RATES = {0.001, 0.003, 0.01, 0.03};
  private static final double[] BOOSTED_RATES = {0.003, 0.01};
  private static final double[] SHRINKAGES = {0.5, 0.8};
  private static final double BIASES = 1.5;
  private static final double[] HALF_LIVES = {100, 400};

  private static final String BINARY = "magic04 spambase";
  private static final String MULTI_CLASS = "digits letter waveform";
  private static final String REGRESSION = "abalone power-plant protein wine-quality-white";

  /** What learns, in the order of the page's columns. */
  enum Kind {
    ADAM,
    ADAM_SEPARATE,
    NEWTON_LAYER,
    NEWTON_STEP,
    DAMPED
  }

  /** One of the settings to choose from. */
  record Candidate(String name, int batch, Maker maker) {}

  /** What makes a model that has seen nothing. */
  interface Maker {

    OnlineModel create(TableStream stream, long seed);
  }

  /**
   * What one kind showed on one table.
   *
   * @param losses by seed: mean log loss, or squared error over that of the best constant
   * @param recovery by seed: rows after the drift until it was learnt, and those that were left if
   *     it was not
   * @param after by seed: mean loss after the drift, as {@code losses}
   */
  record Outcome(String setting, double[] losses, double[] recovery, double[] after) {}

  /** All kinds on one table. */
  record TableOutcome(UciTable table, double[] constant, List<Outcome> outcomes) {}

  private StreamingExperiment() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IllegalArgumentException(
          "arguments must be COMMAND TABLES PAGE, got " + List.of(arguments));
    }
    Path data = Path.of(arguments[1]);
    List<TableOutcome> outcomes = new ArrayList<>();
    for (Task task : List.of(Task.BINARY, Task.MULTI_CLASS, Task.REGRESSION)) {
      String names =
          switch (task) {
            case BINARY -> BINARY;
            case MULTI_CLASS -> MULTI_CLASS;
            case REGRESSION -> REGRESSION;
          };
      for (String name : names.split(" ")) {
        outcomes.add(outcome(data.resolve(name + ".csv.gz"), name, task));
      }
    }
    Page.replace(Path.of(arguments[2]), "streaming", StreamingPage.text(arguments[0], outcomes));
  }

  private static TableOutcome outcome(Path file, String name, Task task) throws IOException {
    UciTable table = UciTable.read(file, name, task, Integer.MAX_VALUE, TUNING_SEED);
    TableStream tuning = TableStream.of(table);
    List<Candidate> chosen = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      chosen.add(best(candidates(kind, tuning), tuning));
    }
    double[][] losses = new double[chosen.size()][SEEDS];
    double[][] recovery = new double[chosen.size()][SEEDS];
    double[][] after = new double[chosen.size()][SEEDS];
    double[] constant = new double[SEEDS];
    for (int seed = 1; seed <= SEEDS; seed++) {
      TableStream stream = TableStream.of(UciTable.read(file, name, task, table.rows(), seed));
      int middle = stream.count() / 2;
      TableStream drifting = stream.drifting(middle, DRIFT + seed);
      constant[seed - 1] = stream.constantLoss(TableStream.WARM, stream.count());
      double unit = task == Task.REGRESSION ? constant[seed - 1] : 1;
      double before = 0;
      for (int k = 0; k < chosen.size(); k++) {
        Candidate candidate = chosen.get(k);
        losses[k][seed - 1] = pass(candidate, stream, seed).mean(TableStream.WARM) / unit;
        LossCurve curve = pass(candidate, drifting, seed);
        before = k == 0 ? curve.mean(middle / 2, middle) : before;
        double learnt = before + (constant[seed - 1] - before) / 5;
        recovery[k][seed - 1] = curve.rowsUntil(middle, learnt);
        after[k][seed - 1] = curve.mean(middle) / unit;
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int k = 0; k < chosen.size(); k++) {
      outcomes.add(new Outcome(chosen.get(k).name(), losses[k], recovery[k], after[k]));
      System.err.printf(
          "%s, %s: %s, drift %s%n",
          name, Kind.values()[k], Page.spread(losses[k], 4), Page.spread(recovery[k], 0));
    }
    return new TableOutcome(table, constant, outcomes);
  }

  /** The candidate of the least loss on a pass that is not reported. */
  private static Candidate best(List<Candidate> candidates, TableStream stream) {
    Candidate best = candidates.get(0);
    double least = Double.POSITIVE_INFINITY;
    for (Candidate candidate : candidates) {
      double loss = pass(candidate, stream, TUNING_SEED).mean(TableStream.WARM);
      if (loss < least) {
        least = loss;
        best = candidate;
      }
    }
    return best;
  }

  static LossCurve pass(Candidate candidate, TableStream stream, long seed) {
    LossCurve curve = new LossCurve();
    try (OnlineModel model = candidate.maker().create(stream, seed)) {
      for (int from = 0; from < stream.count(); from += candidate.batch()) {
        int to = Math.min(stream.count(), from + candidate.batch());
        curve.add(model.learn(stream, from, to), to - from);
      }
    }
    return curve;
  }

  /**
   * Eight for each kind. Networks have 128 hidden units, or 32 times as many as classes where there
   * are more than two.
   */
  static List<Candidate> candidates(Kind kind, TableStream stream) {
    boolean several = stream.outputs() > 1;
    int units = several ? 32 * stream.outputs() : 128;
    List<Candidate> candidates = new ArrayList<>();
    int blocks = several ? 8 : 16;
    int blockUnits = several ? 4 : 8;
    boolean newton = kind == Kind.NEWTON_LAYER || kind == Kind.NEWTON_STEP;
    for (double rate : newton ? BOOSTED_RATES : RATES) {
      if (newton) {
        for (double shrinkage : SHRINKAGES) {
          for (double halfLife : HALF_LIVES) {
            Boosting boosting = boosting(kind, blocks, blockUnits, shrinkage, halfLife);
            candidates.add(
                new Candidate(
                    "%s/%s/%.0f".formatted(rate, shrinkage, halfLife),
                    BATCHES[0],
                    (s, seed) ->
                        new OnlineBoosted(new OnlineBoosted.Plan(boosting, rate), s, seed)));
          }
        }
        continue;
      }
      for (int batch : BATCHES) {
        Boosting boosting =
            boosting(kind, blocks, blockUnits, Math.log(blocks) / blocks, HALF_LIVES[0]);
        candidates.add(
            new Candidate(
                "%s/%d".formatted(rate, batch),
                batch,
                (s, seed) ->
                    kind == Kind.DAMPED
                        ? new OnlineBoosted(new OnlineBoosted.Plan(boosting, rate), s, seed)
                        : new OnlineAdam(units, rate, kind == Kind.ADAM_SEPARATE, s, seed)));
      }
    }
    return candidates;
  }

  private static Boosting boosting(
      Kind kind, int blocks, int units, double shrinkage, double halfLife) {
    return new Boosting(
        blocks,
        units,
        kind == Kind.DAMPED ? Sums.DAMPED : Sums.NEWTON,
        kind == Kind.NEWTON_LAYER ? Outputs.NEWTON : Outputs.GRADIENT,
        BIASES,
        shrinkage,
        1,
        halfLife,
        1_000,
        2_000,
        List.of(1.0));
  }
}
