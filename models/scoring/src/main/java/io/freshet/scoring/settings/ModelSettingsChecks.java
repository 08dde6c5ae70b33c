package io.freshet.scoring.settings;

import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.settings.ModelSettings.Use;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What must hold of one model, with paths relative to it. */
final class ModelSettingsChecks {

  static final String NAME_FORM =
      "must start with a letter, then letters, digits, '_' or '-', at most 64 in all";

  /** The engine that computes elsewhere than on the processor. */
  private static final String ON_DEVICES = "djl";

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
  private static final Pattern ACTION = Pattern.compile("[^\\s+]{1,64}");

  /** Names that would make {@code NAME.last} ambiguous. */
  private static final Set<String> RESERVED =
      Set.of("item", "user", "query", "context", "event", "position");

  private final ModelSettings model;
  private final Problems problems = new Problems();
  private final Map<String, Feature> features = new HashMap<>();
  private final Map<String, History> histories = new HashMap<>();

  private ModelSettingsChecks(ModelSettings model) {
    this.model = model;
  }

  static Problems problems(ModelSettings model) {
    ModelSettingsChecks checks = new ModelSettingsChecks(model);
    checks.names();
    for (int i = 0; i < model.features().size(); i++) {
      checks.feature(featurePath(i, model.features().get(i).name()), model.features().get(i));
    }
    for (int i = 0; i < model.histories().size(); i++) {
      checks.history(historyPath(i, model.histories().get(i).name()), model.histories().get(i));
    }
    checks.learning();
    return checks.problems;
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static boolean isAction(String action) {
    return ACTION.matcher(action).matches();
  }

  static String featurePath(int index, String name) {
    return isName(name) ? "features." + name : "features[" + index + "]";
  }

  static String historyPath(int index, String name) {
    return isName(name) ? "histories." + name : "histories[" + index + "]";
  }

  /** Whether features of this use have a table of rows. */
  static boolean hasTable(Use use) {
    return use != Use.NUMBER && use != Use.TOKENS;
  }

  private void names() {
    if (!isName(model.name())) {
      problems.add("name", NAME_FORM, model.name());
    }
    if (model.features().isEmpty()) {
      problems.add("features", "must declare at least one feature", "none");
    }
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < model.features().size(); i++) {
      Feature feature = model.features().get(i);
      name(featurePath(i, feature.name()), feature.name(), taken);
      features.putIfAbsent(feature.name(), feature);
    }
    for (int i = 0; i < model.histories().size(); i++) {
      History history = model.histories().get(i);
      String path = historyPath(i, history.name());
      name(path, history.name(), taken);
      if (RESERVED.contains(history.name())) {
        problems.add(path + ".name", "must not be a word that from: uses itself", history.name());
      }
      histories.putIfAbsent(history.name(), history);
    }
  }

  private void name(String path, String name, Set<String> taken) {
    if (!isName(name)) {
      problems.add(path + ".name", NAME_FORM, name);
    } else if (!taken.add(name)) {
      problems.add(
          path + ".name", "must differ from the names of all other features and histories", name);
    }
  }

  private void feature(String path, Feature feature) {
    from(path + ".from", feature);
    Use use = feature.as();
    if (use == Use.ID || use == Use.BAG || use == Use.TEXT) {
      problems.check(path + ".size", Limit.FEATURE_SIZE, feature.size());
    }
    if (hasTable(use)) {
      problems.check(path + ".admitAfter", Limit.ADMIT_AFTER, feature.admitAfter());
      problems.check(path + ".expireAfter", Limit.TIME, feature.expireAfterMs());
      problems.check(path + ".maxRows", Limit.MAX_ROWS, feature.maxRows());
    }
    if (use == Use.COUNTERS) {
      halfLives(path + ".halfLives", feature.halfLivesMs());
    }
    if (use == Use.TOKENS) {
      problems.check(path + ".length", Limit.TEXT_LENGTH, feature.words().length());
      problems.check(path + ".subwords", Limit.SUBWORDS, feature.words().subwords());
    }
  }

  private void halfLives(String path, List<Long> halfLives) {
    if (!Limit.HALF_LIVES.holds(halfLives.size())) {
      problems.add(path, "must list " + Limit.HALF_LIVES + " durations", halfLives.size());
    }
    long last = 0;
    for (long halfLife : halfLives) {
      if (!Limit.TIME.holds(halfLife) || halfLife <= last) {
        List<String> came = halfLives.stream().map(TimeText::of).toList();
        problems.add(path, "must be positive and ascending", came);
        return;
      }
      last = halfLife;
    }
  }

  private void from(String path, Feature feature) {
    List<String> from = feature.from();
    if (feature.as() == Use.CROSS) {
      if (!Limit.CROSS_PARTS.holds(from.size())) {
        problems.add(path, "must list " + Limit.CROSS_PARTS + " parts for as: cross", from);
      }
      if (Set.copyOf(from).size() < from.size()) {
        problems.add(path, "must list distinct parts", from);
      }
    } else if (from.size() != 1) {
      problems.add(path, "must be one source (several are for as: cross)", from);
    }
    for (String part : from) {
      source(path, feature.as(), part);
    }
  }

  private void source(String path, Use use, String part) {
    FeatureSource source = FeatureSource.parse(part);
    if (source == null) {
      problems.add(path, "must be " + FeatureSource.FORMS, part);
      return;
    }
    if (source.kind() == FeatureSource.Kind.HISTORY_LAST && !histories.containsKey(source.name())) {
      problems.add(
          path,
          "must name a declared history before .last"
              + Suggestion.among(histories.keySet(), source.name()),
          part);
    }
    if (source.kind() == FeatureSource.Kind.POSITION && use != Use.BIAS) {
      problems.add(path, "position may only be used as: bias", "as: " + lower(use));
    }
    if (use == Use.NUMBER && !source.mayBeNumber()) {
      problems.add(path, "must be a number for as: number, which an id never is", part);
    }
    if (use == Use.BAG && !source.isAttribute()) {
      problems.add(path, "must be item.NAME or context.NAME for as: bag", part);
    }
    if ((use == Use.TEXT || use == Use.TOKENS) && !source.mayBeText()) {
      problems.add(
          path, "must be query.text, item.NAME or context.NAME for as: " + lower(use), part);
    }
  }

  private void history(String path, History history) {
    if (history.of().isEmpty()) {
      problems.add(path + ".of", "must name at least one id feature of the item", "none");
    }
    if (Set.copyOf(history.of()).size() < history.of().size()) {
      problems.add(path + ".of", "must name distinct features", history.of());
    }
    for (String field : history.of()) {
      Feature feature = features.get(field);
      if (feature == null) {
        problems.add(
            path + ".of",
            "must name declared features" + Suggestion.among(features.keySet(), field),
            field);
      } else if (feature.as() != Use.ID || !isOfItem(feature)) {
        problems.add(
            path + ".of",
            "must name features that are as: id and from the item, so that a past item has them too",
            field);
      }
    }
    if (history.actions().isEmpty()) {
      problems.add(path + ".actions", "must name at least one action", "none");
    }
    if (Set.copyOf(history.actions()).size() < history.actions().size()) {
      problems.add(path + ".actions", "must be distinct", history.actions());
    }
    for (String action : history.actions()) {
      if (!isAction(action)) {
        problems.add(path + ".actions", "must be names of outcomes, without blanks or '+'", action);
      }
    }
    problems.check(path + ".length", Limit.HISTORY_LENGTH, history.length());
  }

  private static boolean isOfItem(Feature feature) {
    return feature.from().stream()
        .allMatch(
            from -> {
              FeatureSource source = FeatureSource.parse(from);
              return source != null && source.isOfItem();
            });
  }

  private void learning() {
    units("attention.units", Limit.LAYERS, model.attention().units());
    units("network.units", Limit.NETWORK_LAYERS, model.network().units());
    boosting(model.boosting());
    device();
    RankingSchema.check(model, problems);
    problems.check("regularization.rows", Limit.LAMBDA, model.regularization().rows());
    optimizer("optimizer.rows", model.optimizer().rows());
    optimizer("optimizer.dense", model.optimizer().dense());
    noise("optimizer.noise", model.optimizer().noise());
    problems.check("batch.size", Limit.BATCH_SIZE, model.batch().size());
    problems.check("batch.span", Limit.POSITIVE_TIME, model.batch().spanMs());
    problems.check("round.steps", Limit.ROUND_STEPS, model.round().steps());
    problems.check("publish.every", Limit.POSITIVE_TIME, model.publish().everyMs());
    problems.check("publish.anchorEvery", Limit.POSITIVE_TIME, model.publish().anchorEveryMs());
    problems.check("publish.checkpoints", Limit.CHECKPOINTS, model.publish().checkpoints());
    if (model.publish().anchorEveryMs() < model.publish().everyMs()) {
      problems.add(
          "publish.anchorEvery",
          "must be at least publish.every, " + TimeText.of(model.publish().everyMs()),
          TimeText.of(model.publish().anchorEveryMs()));
    }
    gate(model.gate());
    ModelSettings.WarmStart warmStart = model.warmStart();
    if (warmStart != null && !isName(warmStart.from())) {
      problems.add("warmStart.from", NAME_FORM, warmStart.from());
    } else if (warmStart != null && warmStart.from().equals(model.name())) {
      problems.add("warmStart.from", "must be another model", warmStart.from());
    }
  }

  private void device() {
    if (model.device() != Device.CPU && !model.engine().equals(ON_DEVICES)) {
      problems.add(
          "device",
          "must be cpu with engine: %s, only %s computes on a GPU"
              .formatted(model.engine(), ON_DEVICES),
          lower(model.device()));
    }
  }

  private void boosting(Boosting boosting) {
    problems.check("boosting.blocks", Limit.BLOCKS, boosting.blocks());
    problems.check("boosting.units", Limit.BLOCK_UNITS, boosting.units());
    if (Limit.BLOCKS.holds(boosting.blocks())
        && Limit.BLOCK_UNITS.holds(boosting.units())
        && !Limit.UNITS.holds(boosting.blocks() * boosting.units())) {
      problems.add(
          "boosting.units",
          "must be such that blocks have " + Limit.UNITS + " units together",
          boosting.blocks() * boosting.units());
    }
    if (boosting.outputs() == Outputs.NEWTON && boosting.sums() == Sums.DAMPED) {
      problems.add(
          "boosting.outputs",
          "must be gradient where sums are damped, whose objective has no curvature",
          "newton");
    }
    problems.check("boosting.biases", Limit.SPREAD, boosting.biases());
    problems.check("boosting.shrinkage", Limit.SHARE, boosting.shrinkage());
    problems.check("boosting.subsample", Limit.SHARE, boosting.subsample());
    problems.check("boosting.halfLife", Limit.HALF_LIFE_STEPS, boosting.halfLife());
    problems.check("boosting.retireEvery", Limit.RETIRE, boosting.retireEvery());
    problems.check("boosting.retireAge", Limit.RETIRE, boosting.retireAge());
    prefixes(boosting);
  }

  private void prefixes(Boosting boosting) {
    List<Double> prefixes = boosting.prefixes();
    if (!Limit.PREFIXES.holds(prefixes.size())) {
      problems.add("boosting.prefixes", "must list " + Limit.PREFIXES + " shares", prefixes.size());
      return;
    }
    double last = 0;
    for (double prefix : prefixes) {
      if (!Limit.SHARE.holds(prefix) || prefix <= last) {
        problems.add("boosting.prefixes", "must be ascending, each " + Limit.SHARE, prefixes);
        return;
      }
      last = prefix;
    }
    if (last != 1) {
      problems.add("boosting.prefixes", "must end with 1", prefixes);
    }
  }

  private void gate(GateSettings gate) {
    problems.check("gate.tolerance", Limit.TOLERANCE, gate.tolerance());
    problems.check("gate.calibrationBand", Limit.CALIBRATION_BAND, gate.calibrationBand());
    problems.check("gate.roundsPerFalseRefusal", Limit.FALSE_REFUSAL, gate.roundsPerFalseRefusal());
    problems.check("gate.hold", Limit.GATE_ROUNDS, gate.hold());
    problems.check("gate.patience", Limit.PATIENCE, gate.patience());
    problems.check("gate.aside", Limit.PATIENCE, gate.aside());
  }

  private void units(String path, Limit layers, List<Integer> units) {
    if (!layers.holds(units.size())) {
      problems.add(path, "must list " + layers + " layers", units.size());
    }
    for (int width : units) {
      problems.check(path, Limit.UNITS, width);
    }
  }

  private void optimizer(String path, Optimizer optimizer) {
    problems.check(path + ".rate", Limit.RATE, optimizer.rate());
    problems.check(path + ".halfLife", Limit.HALF_LIFE_UPDATES, optimizer.halfLifeUpdates());
    problems.check(path + ".halfLife", Limit.TIME, optimizer.halfLifeMs());
    if (optimizer.halfLifeUpdates() > 0 && optimizer.halfLifeMs() > 0) {
      problems.add(path + ".halfLife", "must be in updates or in event time, not both", "both");
    }
    if (optimizer.kind() != OptimizerKind.ADAGRAD
        && (optimizer.halfLifeUpdates() > 0 || optimizer.halfLifeMs() > 0)) {
      problems.add(
          path + ".halfLife", "must be absent unless kind is adagrad", lower(optimizer.kind()));
    }
    problems.check(path + ".clip", Limit.CLIP, optimizer.clip());
    problems.check(path + ".spread", Limit.SPREAD, optimizer.spread());
  }

  private void noise(String path, ModelSettings.Noise noise) {
    problems.check(path + ".eta", Limit.ETA, noise.eta());
    problems.check(path + ".gamma", Limit.GAMMA, noise.gamma());
    problems.check(path + ".restartShare", Limit.FRACTION, noise.restartShare());
    problems.check(path + ".restartEvery", Limit.UPDATES, noise.restartEvery());
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }
}
