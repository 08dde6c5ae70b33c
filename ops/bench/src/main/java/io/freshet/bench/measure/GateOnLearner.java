package io.freshet.bench.measure;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.job.input.InputRecord;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.gate.Gate;
import io.freshet.learning.gate.ScoredBatch;
import io.freshet.learning.gate.Verdict;
import io.freshet.learning.gate.Verdict.Outcome;
import io.freshet.schema.event.Event;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.state.LearnerState;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The gate beside a real learner, the model {@code base} of a source: refusals where nothing is
 * wrong, and how soon poison is found. Poison begins every {@value #PERIOD} rounds once the gate
 * has settled, and ends with a refusal or after {@value #MOST_ROUNDS} rounds; then the learner is
 * left alone until the next time. Arguments: source (simulator), events (300,000), seed (1), and
 * the names of the poisons to try (all).
 */
public final class GateOnLearner {

  private static final String MODEL = "base";
  private static final int WALK_EVERY = 1_000;
  private static final int SETTLING = 112;
  private static final int PERIOD = 40;
  private static final int MOST_ROUNDS = 16;

  /** What goes wrong; the gate sees flipped labels too where they are in the stream. */
  private enum Poison {
    NOTHING(0, false),
    TENTH_FLIPPED_IN_TRAINING(0.1, false),
    TENTH_FLIPPED_IN_THE_STREAM(0.1, true),
    ALL_FLIPPED_IN_TRAINING(1, false),
    ALL_FLIPPED_IN_THE_STREAM(1, true),
    HUGE_NUMBERS_IN_A_TENTH(0, true);

    private final double flipped;
    private final boolean everywhere;

    Poison(double flipped, boolean everywhere) {
      this.flipped = flipped;
      this.everywhere = everywhere;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private record Waiting(EncodedExample features, Prediction prediction) {}

  private final ModelSettings model;
  private final LearnerFamily family;
  private final FeatureEncoder encoder;
  private final Poison poison;
  private final SplittableRandom chance;
  private final Gate gate;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final List<Example> batch = new ArrayList<>();
  private final List<Integer> delays = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private Learner learner;
  private LearnerState good;
  private Scorer reference;
  private int round;
  private int steps;
  private int trials;
  private int poisonedSince = -1;
  private long examples;
  private long training;
  private long scoring;
  private long judging;

  private GateOnLearner(ModelsFile models, Poison poison, long seed) {
    this.model = models.models().get(0);
    this.family = LearnerFamilies.named(model.family());
    this.encoder = new FeatureEncoder(model, TimelineSettings.of(models).histories());
    this.poison = poison;
    this.chance = new SplittableRandom(seed);
    this.gate = Gate.start(model.gate());
    this.learner = family.create(model);
    this.good = learner.snapshot();
    this.reference = family.scoring().scorer(model, good.serving());
  }

  public static void main(String[] arguments) {
    String name = arguments.length > 0 ? arguments[0] : "simulator";
    long events = arguments.length > 1 ? Long.parseLong(arguments[1]) : 300_000;
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
    List<String> wanted =
        List.of(arguments).subList(Math.min(3, arguments.length), arguments.length);
    PrintStream out = System.out;
    out.printf("%s, %,d events, seed %d%n", name, events, seed);
    for (Poison poison : Poison.values()) {
      if (wanted.isEmpty() || wanted.contains(poison.toString())) {
        run(Sources.open(name, seed), events, poison, seed).print(out);
      }
    }
  }

  private static GateOnLearner run(Source source, long events, Poison poison, long seed) {
    ModelsFile all = DefaultModels.read(DefaultModels.text(null, source.name()), source.defaults());
    ModelsFile models =
        new ModelsFile(
            all.stream(),
            all.models().stream().filter(model -> model.name().equals(MODEL)).toList());
    GateOnLearner run = new GateOnLearner(models, poison, seed);
    SequentialReplay replay = new SequentialReplay(models, List.of(0), run::take);
    Iterator<Event> coming = source.from(0);
    for (long i = 0; i < events && coming.hasNext(); i++) {
      replay.take(new InputRecord(coming.next(), 0, i, 0));
      if (i % WALK_EVERY == 0) {
        replay.walk();
      }
    }
    replay.walk();
    run.learner.close();
    return run;
  }

  private void print(PrintStream out) {
    out.printf(
        "%-30s %d rounds; found %d of %d, after rounds %s; other verdicts %s; us/example: training %.1f, reference %.1f, gate %.2f%n",
        poison,
        round,
        delays.size(),
        trials,
        delays,
        others,
        training / 1e3 / examples,
        scoring / 1e3 / examples,
        judging / 1e3 / examples);
  }

  private void take(Entry entry) {
    if (entry instanceof Entry.Predict predict) {
      EncodedExample features = encoder.encode(predict.instance(), predict.past());
      waiting.put(predict.exampleId(), new Waiting(features, learner.predict(features)));
    } else if (entry instanceof Entry.Train train) {
      Waiting known = waiting.remove(train.exampleId());
      if (known == null) {
        throw new IllegalStateException("not predicted: " + train.exampleId());
      }
      batch.add(
          new Example(
              train.hash(),
              known.features(),
              known.prediction().counters(),
              known.prediction().logit(),
              train.label(),
              train.weight(),
              Example.Kind.values()[train.kind()],
              train.time()));
      if (batch.size() == model.batch().size()) {
        step(train.time());
        batch.clear();
      }
    }
  }

  private void step(long time) {
    List<Example> trained = poisoned();
    score(poison.everywhere ? trained : batch);
    if (steps == 0 && round > 0) {
      apply(gate.judge());
    }
    long began = System.nanoTime();
    boolean diverged = false;
    try {
      learner.train(trained);
    } catch (Diverged loss) {
      diverged = true;
    }
    training += System.nanoTime() - began;
    examples += batch.size();
    if (diverged) {
      found("diverged");
      restore();
    }
    steps++;
    if (steps == model.round().steps()) {
      steps = 0;
      round++;
      learner.endRound(time);
      gate.changed(learner.drain().serving());
      schedule();
    }
  }

  private void schedule() {
    boolean starts = round >= SETTLING && (round - SETTLING) % PERIOD == 0;
    if (starts && poison != Poison.NOTHING) {
      poisonedSince = round;
    } else if (poisonedSince >= 0 && round - poisonedSince >= MOST_ROUNDS) {
      trials++;
      poisonedSince = -1;
    }
  }

  private List<Example> poisoned() {
    if (poisonedSince < 0) {
      return List.copyOf(batch);
    }
    List<Example> trained = new ArrayList<>();
    for (Example example : batch) {
      boolean flips = chance.nextDouble() < poison.flipped;
      if (poison == Poison.HUGE_NUMBERS_IN_A_TENTH && chance.nextInt(10) == 0) {
        Arrays.fill(example.features().numbers(), 1e30f);
      }
      trained.add(
          new Example(
              example.id(),
              example.features(),
              example.counters(),
              example.rawLogit(),
              flips ? 1 - example.label() : example.label(),
              example.weight(),
              example.kind(),
              example.readyTime()));
    }
    return trained;
  }

  private void score(List<Example> seen) {
    int size = seen.size();
    float[] labels = new float[size];
    float[] weights = new float[size];
    float[] mine = new float[size];
    float[] others = new float[size];
    EncodedExample[] features = new EncodedExample[size];
    for (int i = 0; i < size; i++) {
      labels[i] = seen.get(i).label();
      weights[i] = seen.get(i).weight();
      features[i] = seen.get(i).features();
      mine[i] = learner.predict(features[i]).probability();
    }
    long began = System.nanoTime();
    reference.logits(features, others);
    for (int i = 0; i < size; i++) {
      others[i] = reference.calibrate(others[i]);
    }
    long scored = System.nanoTime();
    scoring += scored - began;
    gate.add(new ScoredBatch(labels, weights, mine, others));
    judging += System.nanoTime() - scored;
  }

  private void apply(Verdict verdict) {
    if (verdict.outcome() == Outcome.REFUSED) {
      found(verdict.text());
      restore();
    } else if (verdict.reason() != null) {
      others.add("round " + round + ": " + verdict.text());
    }
    if (verdict.movesReference()) {
      moveReference();
    }
  }

  private void found(String what) {
    if (poisonedSince >= 0) {
      delays.add(round - poisonedSince);
      trials++;
      poisonedSince = -1;
    } else {
      others.add("round " + round + ": " + what);
    }
  }

  private void moveReference() {
    good = learner.snapshot();
    reference = family.scoring().scorer(model, good.serving());
  }

  private void restore() {
    learner.close();
    learner = family.resume(model, good.copy());
  }
}
