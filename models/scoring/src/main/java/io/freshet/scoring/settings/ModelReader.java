package io.freshet.scoring.settings;

import io.freshet.scoring.settings.Kind.HalfLife;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.Batching;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Optimizers;
import io.freshet.scoring.settings.ModelSettings.Publishing;
import io.freshet.scoring.settings.ModelSettings.Regularization;
import io.freshet.scoring.settings.ModelSettings.Rounds;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.ModelSettings.WarmStart;
import io.freshet.scoring.settings.ModelSettings.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one model of a models file. A value that does not fit is reported and its default taken in
 * its place, so that the checks of the whole model still run and all problems come at once.
 */
final class ModelReader {

  private static final List<String> MODEL_KEYS =
      Stream.concat(SettingsSchema.MODEL.keys().stream(), SettingsSchema.MODEL_PARTS.stream())
          .toList();

  private final Map<String, List<String>> families;
  private final Problems problems;

  /**
   * @param families with their engines, the first being their own choice
   */
  ModelReader(Map<String, List<String>> families, Problems problems) {
    this.families = families;
    this.problems = problems;
  }

  /** The model, or null where it cannot work (every reason reported). */
  @Nullable ModelSettings read(String name, Section model) {
    model.knows(MODEL_KEYS);
    String family = oneOf(model, SettingsSchema.FAMILY, families.keySet());
    String engine = engine(model, family);
    try {
      return new ModelSettings(
          name,
          family,
          features(model),
          histories(model),
          attention(model.below("attention")),
          network(model.below("network")),
          boosting(model.below("boosting")),
          RankingSchema.read(model.below("ranking")),
          regularization(model.below("regularization")),
          optimizers(model.below("optimizer")),
          model.get(SettingsSchema.CALIBRATION),
          batch(model.below("batch")),
          round(model.below("round")),
          publish(model.below("publish")),
          gate(model.below("gate")),
          warmStart(model),
          engine,
          model.get(SettingsSchema.DEVICE),
          model.get(SettingsSchema.SEED));
    } catch (InvalidSettings invalid) {
      problems.addAll(model.path(), invalid.problems());
      return null;
    }
  }

  /** Of a family that is not known any family's engine is let pass. */
  private String engine(Section model, String family) {
    Set<String> known = new LinkedHashSet<>(List.of(SettingsSchema.OWN_ENGINE));
    List<String> own = families.get(family);
    if (own == null) {
      families.values().forEach(known::addAll);
    } else {
      known.addAll(own);
    }
    String engine = oneOf(model, SettingsSchema.ENGINE, known);
    return own != null && engine.equals(SettingsSchema.OWN_ENGINE) ? own.get(0) : engine;
  }

  private String oneOf(Section section, Setting<String> setting, Set<String> known) {
    String value = section.find(setting);
    if (value != null && !known.contains(value)) {
      problems.add(
          section.pathOf(setting.key()),
          "must be one of " + String.join(", ", known) + Suggestion.among(known, value),
          value);
    }
    return value == null ? "" : value;
  }

  private List<Feature> features(Section model) {
    List<Feature> features = new ArrayList<>();
    for (Section section : model.each("features", "features")) {
      features.add(feature(section));
    }
    return features;
  }

  private Feature feature(Section section) {
    Use use = section.find(SettingsSchema.AS);
    section.knows(featureKeys(use));
    String name = section.get(SettingsSchema.NAME, "");
    List<String> from = section.get(SettingsSchema.FROM, List.of());
    if (use == null) {
      return new Feature(name, from, Use.ID, 1, false, 0, 0, 1, List.of());
    }
    return switch (use) {
      case ID, BAG, TEXT -> rows(name, from, use, section.get(SettingsSchema.SIZE), section);
      case CROSS, BIAS -> rows(name, from, use, 1, section);
      case NUMBER ->
          new Feature(name, from, use, 0, section.get(SettingsSchema.LOG), 0, 0, 0, List.of());
      case TOKENS -> tokens(name, from, section);
      case COUNTERS ->
          new Feature(
              name,
              from,
              use,
              0,
              false,
              0,
              section.get(SettingsSchema.EXPIRE_AFTER),
              section.get(SettingsSchema.MAX_ROWS),
              section.get(SettingsSchema.HALF_LIVES));
    };
  }

  private static Feature tokens(String name, List<String> from, Section section) {
    Words words =
        new Words(
            section.get(SettingsSchema.TEXT_LENGTH),
            section.get(SettingsSchema.SUBWORDS),
            section.get(SettingsSchema.PUNCTUATION));
    return new Feature(name, from, Use.TOKENS, 0, false, 0, 0, 0, List.of(), words);
  }

  private static Feature rows(String name, List<String> from, Use use, int size, Section section) {
    return new Feature(
        name,
        from,
        use,
        size,
        false,
        section.get(SettingsSchema.ADMIT_AFTER),
        section.get(SettingsSchema.EXPIRE_AFTER),
        section.get(SettingsSchema.MAX_ROWS),
        List.of());
  }

  /** Of a feature whose use is not known every setting that some use has is let pass. */
  private static List<String> featureKeys(@Nullable Use use) {
    Stream<Use> uses = use == null ? Stream.of(Use.values()) : Stream.of(use);
    return Stream.concat(
            SettingsSchema.FEATURE.keys().stream(),
            uses.flatMap(one -> SettingsSchema.feature(one).keys().stream()))
        .distinct()
        .toList();
  }

  private static List<History> histories(Section model) {
    List<History> histories = new ArrayList<>();
    for (Section section : model.each("histories", "histories")) {
      section.knows(SettingsSchema.HISTORY.keys());
      histories.add(
          new History(
              section.get(SettingsSchema.HISTORY_NAME, ""),
              section.get(SettingsSchema.OF, List.of()),
              section.get(SettingsSchema.ACTIONS),
              section.get(SettingsSchema.LENGTH)));
    }
    return histories;
  }

  private static Attention attention(Section section) {
    section.knows(SettingsSchema.ATTENTION.keys());
    return new Attention(
        section.get(SettingsSchema.ATTENTION_UNITS),
        section.get(SettingsSchema.ATTENTION_ACTIVATION),
        section.get(SettingsSchema.NORMALIZE));
  }

  private static Network network(Section section) {
    section.knows(SettingsSchema.NETWORK.keys());
    return new Network(
        section.get(SettingsSchema.NETWORK_UNITS),
        section.get(SettingsSchema.NETWORK_ACTIVATION),
        section.get(SettingsSchema.LINEAR_SKIP));
  }

  private static Boosting boosting(Section section) {
    section.knows(SettingsSchema.BOOSTING.keys());
    return new Boosting(
        section.get(SettingsSchema.BLOCKS),
        section.get(SettingsSchema.BLOCK_UNITS),
        section.get(SettingsSchema.SUMS),
        section.get(SettingsSchema.OUTPUTS),
        section.get(SettingsSchema.BIASES),
        section.get(SettingsSchema.SHRINKAGE),
        section.get(SettingsSchema.SUBSAMPLE),
        section.get(SettingsSchema.BOOSTING_HALF_LIFE),
        section.get(SettingsSchema.RETIRE_EVERY),
        section.get(SettingsSchema.RETIRE_AGE),
        section.get(SettingsSchema.PREFIXES));
  }

  private static Regularization regularization(Section section) {
    section.knows(SettingsSchema.REGULARIZATION.keys());
    return new Regularization(section.get(SettingsSchema.REGULARIZATION_ROWS));
  }

  private Optimizers optimizers(Section section) {
    section.knows(List.of("rows", "dense", "noise"));
    return new Optimizers(
        rows(section.below("rows")), dense(section.below("dense")), noise(section.below("noise")));
  }

  private Optimizer rows(Section section) {
    section.knows(SettingsSchema.OPTIMIZER_ROWS.keys());
    OptimizerKind kind = section.get(SettingsSchema.ROWS_KIND);
    boolean forgets = kind == OptimizerKind.ADAGRAD || section.has("halfLife");
    HalfLife halfLife = forgets ? section.get(SettingsSchema.ROWS_HALF_LIFE) : HalfLife.NONE;
    return new Optimizer(
        kind,
        rate(section, SettingsSchema.ROWS_RATE, kind, OptimizerKind.ADAGRAD),
        halfLife.updates(),
        halfLife.ms(),
        0,
        section.get(SettingsSchema.ROWS_SPREAD));
  }

  private Optimizer dense(Section section) {
    section.knows(SettingsSchema.OPTIMIZER_DENSE.keys());
    OptimizerKind kind = section.get(SettingsSchema.DENSE_KIND);
    HalfLife halfLife = section.get(SettingsSchema.DENSE_HALF_LIFE);
    return new Optimizer(
        kind,
        rate(section, SettingsSchema.DENSE_RATE, kind, OptimizerKind.ADAM),
        halfLife.updates(),
        halfLife.ms(),
        section.get(SettingsSchema.DENSE_CLIP),
        0);
  }

  private static Noise noise(Section section) {
    section.knows(SettingsSchema.OPTIMIZER_NOISE.keys());
    return new Noise(
        section.get(SettingsSchema.ETA),
        section.get(SettingsSchema.GAMMA),
        section.get(SettingsSchema.RESTART_SHARE),
        section.get(SettingsSchema.RESTART_EVERY));
  }

  /** A default rate belongs to the default kind: with another kind it would be a trap. */
  private double rate(
      Section section, Setting<Double> setting, OptimizerKind kind, OptimizerKind usual) {
    if (kind != usual && !section.has(setting.key())) {
      problems.add(
          section.pathOf(setting.key()),
          "must be given with kind " + ModelSettingsChecks.lower(kind),
          "nothing");
    }
    return section.get(setting);
  }

  private static Batching batch(Section section) {
    section.knows(SettingsSchema.BATCH.keys());
    return new Batching(
        section.get(SettingsSchema.BATCH_SIZE), section.get(SettingsSchema.BATCH_SPAN));
  }

  private static Rounds round(Section section) {
    section.knows(SettingsSchema.ROUND.keys());
    return new Rounds(section.get(SettingsSchema.ROUND_STEPS));
  }

  private static Publishing publish(Section section) {
    section.knows(SettingsSchema.PUBLISH.keys());
    return new Publishing(
        section.get(SettingsSchema.EVERY),
        section.get(SettingsSchema.ANCHOR_EVERY),
        section.get(SettingsSchema.CHECKPOINTS));
  }

  private static GateSettings gate(Section section) {
    section.knows(SettingsSchema.GATE.keys());
    return new GateSettings(
        section.get(SettingsSchema.GATE_ENABLED),
        section.get(SettingsSchema.GATE_TOLERANCE),
        section.get(SettingsSchema.GATE_BAND),
        section.get(SettingsSchema.GATE_ROUNDS),
        section.get(SettingsSchema.GATE_HOLD),
        section.get(SettingsSchema.GATE_PATIENCE),
        section.get(SettingsSchema.GATE_ASIDE));
  }

  private static @Nullable WarmStart warmStart(Section model) {
    if (!model.has("warmStart")) {
      return null;
    }
    Section section = model.below("warmStart").knows(SettingsSchema.WARM_START.keys());
    return new WarmStart(section.get(SettingsSchema.WARM_FROM, ""));
  }
}
