package io.freshet.bench.measure;

import io.freshet.bench.measure.SmallWorld.Drift;
import io.freshet.learning.gate.Gate;
import io.freshet.learning.gate.ScoredBatch;
import io.freshet.learning.gate.Verdict;
import io.freshet.learning.gate.Verdict.Outcome;
import io.freshet.scoring.settings.GateSettings;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The gate beside a small learner on simulated streams, for more rounds than a real model can be
 * given: false refusals where all is well, and how soon poison is found. Rounds of {@value #STEPS}
 * batches of {@value #BATCH} examples. Argument: rounds for each stream (100,000).
 */
public final class GateSimulation {

  private static final int BATCH = 256;
  private static final int STEPS = 2;
  private static final double RATE = 1;
  private static final int TRIALS = 50;
  private static final int SOUND_ROUNDS = 400;
  private static final int MOST_ROUNDS = 64;

  /**
   * What goes wrong.
   *
   * @param share of the labels that are flipped
   * @param everywhere whether the gate sees the flipped labels too, and not only the learner
   * @param size of a feature's value in place of one example's in each batch; 0 = none
   */
  record Poison(String name, double share, boolean everywhere, double size) {}

  private static final Poison[] POISONS = {
    new Poison("10 % of labels flipped, in training only", 0.1, false, 0),
    new Poison("10 % of labels flipped, in the stream", 0.1, true, 0),
    new Poison("all labels flipped, in training only", 1, false, 0),
    new Poison("all labels flipped, in the stream", 1, true, 0),
    new Poison("one huge value (1e6) in every batch", 0, true, 1e6),
  };

  private final SmallWorld world;
  private final SplittableRandom chance;
  private final Gate gate = Gate.start(GateSettings.DEFAULT);
  private SmallLearner learner = new SmallLearner(RATE);
  private SmallLearner reference = learner.copy();

  GateSimulation(Drift drift, long seed) {
    this.world = new SmallWorld(drift, seed);
    this.chance = new SplittableRandom(~seed);
  }

  public static void main(String[] arguments) {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100_000;
    PrintStream out = System.out;
    out.printf("refusals in %,d sound rounds of %d examples%n", rounds, BATCH * STEPS);
    for (Drift drift : Drift.values()) {
      GateSimulation simulation = new GateSimulation(drift, 1);
      out.printf("%-44s %d%n", "drift: " + drift, simulation.refusals(rounds));
    }
    out.printf("%d trials each, at most %d rounds of poison%n", TRIALS, MOST_ROUNDS);
    for (Poison poison : POISONS) {
      out.printf("%-44s %s%n", poison.name(), delays(poison));
    }
  }

  /** Refusals and forced verdicts where nothing is wrong. */
  long refusals(int rounds) {
    for (int round = 0; round < rounds; round++) {
      round(null);
    }
    return gate.totals().refused() + gate.totals().forced();
  }

  private static String delays(Poison poison) {
    int[] delays = new int[TRIALS];
    int found = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      int delay = new GateSimulation(Drift.GRADUAL, 100 + trial).delay(poison);
      if (delay > 0) {
        delays[found++] = delay;
      }
    }
    int[] sorted = Arrays.copyOf(delays, found);
    Arrays.sort(sorted);
    return found == 0
        ? "found 0 %"
        : "found %d %%, after %d rounds (median), %d (90 %%), %d (all found)"
            .formatted(
                100 * found / TRIALS,
                sorted[found / 2],
                sorted[Math.min(found - 1, found * 9 / 10)],
                sorted[found - 1]);
  }

  /** Rounds of poison until a candidate is refused; 0 where none is. */
  int delay(Poison poison) {
    refusals(SOUND_ROUNDS);
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      if (round(poison) == Outcome.REFUSED) {
        return round;
      }
    }
    return 0;
  }

  /**
   * A round as a learner's loop has it: the first batch is scored, then the candidate of the round
   * before is judged, then trained on.
   */
  private Outcome round(@Nullable Poison poison) {
    Outcome outcome = Outcome.PASSED;
    for (int step = 0; step < STEPS; step++) {
      double[][] features = new double[BATCH][];
      float[] trained = new float[BATCH];
      float[] seen = new float[BATCH];
      float[] mine = new float[BATCH];
      float[] others = new float[BATCH];
      float[] weights = new float[BATCH];
      Arrays.fill(weights, 1);
      for (int i = 0; i < BATCH; i++) {
        features[i] = world.next().clone();
        float label = world.label();
        boolean flips = poison != null && chance.nextDouble() < poison.share();
        trained[i] = flips ? 1 - label : label;
        seen[i] = poison != null && poison.everywhere() ? trained[i] : label;
        if (poison != null && poison.size() > 0 && i == 0) {
          features[i][0] = poison.size();
        }
        mine[i] = learner.probability(features[i]);
        others[i] = reference.probability(features[i]);
      }
      gate.add(new ScoredBatch(seen, weights, mine, others));
      if (step == 0) {
        outcome = apply(gate.judge());
      }
      for (int i = 0; i < BATCH; i++) {
        learner.collect(features[i], learner.probability(features[i]) - trained[i]);
      }
      learner.step(BATCH);
    }
    world.endRound();
    return outcome;
  }

  private Outcome apply(Verdict verdict) {
    if (verdict.outcome() == Outcome.REFUSED) {
      learner = reference.copy();
    } else if (verdict.movesReference()) {
      reference = learner.copy();
    }
    return verdict.outcome();
  }
}
