package io.freshet.scoring.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedSettingsTest {

  private static final String ID = "{name: item, from: item.id, as: id}";

  private final ModelsFileReader reader =
      new ModelsFileReader(
          Map.of("din", List.of("djl"), "base", List.of("djl")), SettingsDefaults.LIVE);

  private List<String> problems(String yaml) {
    InvalidSettings invalid = catchThrowableOfType(InvalidSettings.class, () -> reader.read(yaml));
    assertThat(invalid).as("settings were accepted").isNotNull();
    assertThat(invalid).hasMessage(String.join("\n", invalid.problems()));
    return invalid.problems();
  }

  private static String withFeature(String feature) {
    return "models: {m: {family: din, features: [" + ID + ", " + feature + "]}}";
  }

  private static String withHistory(String history) {
    return "models: {m: {family: din, features: [%s, {name: age, from: item.age, as: number}, {name: who, from: user.id, as: id}], histories: [%s]}}"
        .formatted(ID, history);
  }

  private static String withSetting(String setting) {
    return "models: {m: {family: din, features: [" + ID + "], " + setting + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{from: item.a, as: id} | features[1].name: must be given",
        "{name: a.b, from: item.a, as: id} | features[1].name: must start with a letter",
        "{name: item, from: item.a, as: id} | features.item.name: must differ from the names",
        "{name: a, as: id} | features.a.from: must be given: a source, or a list, got nothing",
        "{name: a, from: item.a} | features.a.as: must be given: one of id, number",
        "{name: a, from: item.a, as: idd} | features.a.as: must be one of id, number, bag, cross",
        "{name: a, from: items.a, as: id} | features.a.from: must be item.id, item.NAME",
        "{name: a, from: item., as: id} | features.a.from: must be item.id, item.NAME",
        "{name: a, from: clicked.last, as: id} | features.a.from: must name a declared history",
        "{name: a, from: [item.a, item.b], as: id} | features.a.from: must be one source",
        "{name: a, from: item.a, as: cross} | features.a.from: must list 2 to 4 parts",
        "{name: a, from: [item.a, item.a], as: cross} | features.a.from: must list distinct parts",
        "{name: a, from: position, as: id} | features.a.from: position may only be used as: bias",
        "{name: a, from: user.id, as: number} | features.a.from: must be a number for as: number",
        "{name: a, from: user.id, as: bag} | features.a.from: must be item.NAME or context.NAME",
        "{name: a, from: item.a, as: id, size: 513} | features.a.size: must be 1 to 512, got 513",
        "{name: a, from: item.a, as: id, size: big} | features.a.size: must be a whole number, 1 to 512, got big",
        "{name: a, from: item.a, as: id, sise: 3} | features.a.sise: must be a known setting (did you mean size?)",
        "{name: a, from: item.a, as: id, log: true} | features.a.log: must be one of name, from, as, size",
        "{name: a, from: item.a, as: number, size: 8} | features.a.size: must be one of name, from, as, log",
        "{name: a, from: item.a, as: id, expireAfter: 30} | features.a.expireAfter: must be a duration such as",
        "{name: a, from: item.a, as: id, maxRows: 0} | features.a.maxRows: must be 1 to 1000000000, got 0",
        "{name: a, from: item.a, as: id, admitAfter: -1} | features.a.admitAfter: must be 0 to",
        "{name: a, from: item.a, as: id, admitAfter: .nan} | features.a.admitAfter: must be a number",
        "{name: a, from: item.a, as: counters, halfLives: [1d, 6h]} | features.a.halfLives: must be positive and ascending, got [1d, 6h]",
        "{name: a, from: item.a, as: counters, halfLives: []} | features.a.halfLives: must list 1 to 16 durations",
        "{name: a, from: user.id, as: tokens} | features.a.from: must be query.text, item.NAME or context.NAME for as: tokens",
        "{name: a, from: query.words, as: tokens} | features.a.from: must be item.id, item.NAME",
        "{name: a, from: query.text, as: number} | features.a.from: must be a number for as: number",
        "{name: a, from: query.text, as: tokens, length: 0} | features.a.length: must be 1 to 1024, got 0",
        "{name: a, from: query.text, as: tokens, subwords: 9} | features.a.subwords: must be 0 to 8, got 9",
        "{name: a, from: query.text, as: tokens, size: 3} | features.a.size: must be one of name, from, as, length",
        "text | features[1]: must be a map of settings, got text",
      })
  void featureThatCannotWorkIsRefused(String feature, String problem) {
    assertThat(problems(withFeature(feature)))
        .singleElement()
        .asString()
        .startsWith("models.m." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: h} | histories.h.of: must be given",
        "{name: h, of: []} | histories.h.of: must name at least one id feature of the item",
        "{name: h, of: [itme]} | histories.h.of: must name declared features (did you mean item?), got itme",
        "{name: h, of: [age]} | histories.h.of: must name features that are as: id and from the item",
        "{name: h, of: [who]} | histories.h.of: must name features that are as: id and from the item",
        "{name: h, of: [item, item]} | histories.h.of: must name distinct features",
        "{name: h, of: [item], actions: []} | histories.h.actions: must name at least one action",
        "{name: h, of: [item], actions: [a+b]} | histories.h.actions: must be names of outcomes",
        "{name: h, of: [item], actions: [a, a]} | histories.h.actions: must be distinct",
        "{name: h, of: [item], length: 0} | histories.h.length: must be 1 to 1000, got 0",
        "{name: h, of: [item], length: 1001} | histories.h.length: must be 1 to 1000, got 1001",
        "{name: item, of: [item]} | histories.item.name: must differ from the names",
        "{name: user, of: [item]} | histories.user.name: must not be a word that from: uses",
      })
  void historyThatCannotWorkIsRefused(String history, String problem) {
    assertThat(problems(withHistory(history)))
        .anySatisfy(found -> assertThat(found).startsWith("models.m." + problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attention: {units: []} | attention.units: must list 1 to 8 layers, got 0",
        "network: {units: []} | network.units: must list 1 to 64 layers, got 0",
        "optimizer: {noise: {eta: -1}} | optimizer.noise.eta: must be 0 to 1000, got -1",
        "optimizer: {noise: {gamma: 11}} | optimizer.noise.gamma: must be 0 to 10, got 11",
        "optimizer: {noise: {restartShare: 2}} | optimizer.noise.restartShare: must be 0 to 1, got 2",
        "optimizer: {noise: {restartEvery: 0}} | optimizer.noise.restartEvery: must be 1 to",
        "optimizer: {noise: {sigma: 1}} | optimizer.noise.sigma: must be one of eta, gamma",
        "attention: {units: [0]} | attention.units: must be 1 to 4096, got 0",
        "attention: {normalize: sum} | attention.normalize: must be one of softmax, mean, none, got sum",
        "network: [1] | network: must be a map of settings, got [1]",
        "network: {units: 3} | network.units: must be a list, each a whole number",
        "network: {linearSkip: 1} | network.linearSkip: must be true or false, got 1",
        "boosting: {blocks: 0} | boosting.blocks: must be 1 to 1024, got 0",
        "'boosting: {blocks: 1000, units: 5}' | boosting.units: must be such that blocks have 1 to 4096 units together, got 5000",
        "boosting: {units: 257} | boosting.units: must be 1 to 256, got 257",
        "boosting: {sums: damped, outputs: newton} | boosting.outputs: must be gradient where sums are"
            + " damped, whose objective has no curvature, got newton",
        "boosting: {sums: adam} | boosting.sums: must be one of newton, damped, got adam",
        "boosting: {shrinkage: 0} | boosting.shrinkage: must be above 0 and at most 1, got 0",
        "boosting: {subsample: 1.5} | boosting.subsample: must be above 0 and at most 1, got 1.5",
        "boosting: {halfLife: 0} | boosting.halfLife: must be 1 to",
        "boosting: {retireEvery: -1} | boosting.retireEvery: must be 0 to",
        "boosting: {retireAge: -1} | boosting.retireAge: must be 0 to",
        "boosting: {prefixes: []} | boosting.prefixes: must list 1 to 8 shares, got 0",
        "'boosting: {prefixes: [0.5, 0.5, 1]}' | boosting.prefixes: must be ascending, each above 0 and at most 1, got [0.5, 0.5, 1.0]",
        "'boosting: {prefixes: [0.5, 0.9]}' | boosting.prefixes: must end with 1, got [0.5, 0.9]",
        "'ranking: {width: 8, vector: 9}' | ranking.vector: must be at most ranking.width, 8, got 9",
        "ranking: {context: -1} | ranking.context: must be 0 to 4096, got -1",
        "ranking: {temperature: 0} | ranking.temperature: must be above 0 and at most 1000, got 0",
        "ranking: {loss: lambda} | ranking.loss: must be one of pointwise, logistic, hinge, softmax, got lambda",
        "ranking: {teacher: item} | ranking.teacher: must name a feature that is as: number, got item",
        "ranking: {generation: 0} | ranking.generation: must be 1 to 100000, got 0",
        "ranking: {documentShare: 2} | ranking.documentShare: must be 0 to 1, got 2",
        "ranking: {projection: {shape: deep}} | ranking.projection.shape: must be one of linear, feedforward, glu, got deep",
        "ranking: {projection: {scale: 9}} | ranking.projection.scale: must be 1 to 8, got 9",
        "ranking: {negatives: {count: -1}} | ranking.negatives.count: must be 0 to 1024, got -1",
        "ranking: {examination: {clip: 0.5}} | ranking.examination.clip: must be 1 to",
        "ranking: {examination: {from: positions}} | ranking.examination.positions: must be given with from: positions",
        "ranking: {examination: {positions: [1]}} | ranking.examination.positions: must be given with from: positions",
        "ranking: {examination: {upTo: 1}} | ranking.examination.upTo: must be 2 to 100, got 1",
        "ranking: {examination: {error: 0}} | ranking.examination.error: must be above 0 and at most 1, got 0",
        "ranking: {examination: {maxPairs: 1}} | ranking.examination.maxPairs: must be 2 to 100000000, got 1",
        "ranking: {pretrained: {model: m.pt}} | ranking.pretrained: must have both tokenizer and model, or neither",
        "ranking: {tokens: {maxRows: 0}} | ranking.tokens.maxRows: must be 1 to 1000000000, got 0",
        "ranking: {widht: 3} | ranking.widht: must be a known setting (did you mean width?)",
        "boosting: {block: 3} | boosting.block: must be a known setting (did you mean blocks?)",
        "regularization: {rows: -1} | regularization.rows: must be 0 to 1000000, got -1",
        "optimizer: {rows: {rate: 0}} | optimizer.rows.rate: must be above 0 and at most 1000, got 0",
        "optimizer: {rows: {kind: adam}} | optimizer.rows.rate: must be given with kind adam",
        "'optimizer: {rows: {kind: adam, rate: 1, halfLife: 3}}' | optimizer.rows.halfLife: must be absent unless kind is adagrad",
        "optimizer: {rows: {halfLife: soon}} | optimizer.rows.halfLife: must be a number of updates, a duration",
        "optimizer: {dense: {spread: 1}} | optimizer.dense.spread: must be one of kind, rate, halfLife, clip",
        "optimizer: {dence: {}} | optimizer.dence: must be a known setting (did you mean dense?)",
        "optimizer: {dense: {halfLife: 3}} | optimizer.dense.halfLife: must be absent unless kind is adagrad, got adam",
        "calibration: plat | calibration: must be one of platt, none, got plat",
        "batch: {size: 0} | batch.size: must be 1 to 65536, got 0",
        "batch: {span: 0s} | batch.span: must be 1ms to",
        "round: {steps: 0} | round.steps: must be 1 to",
        "publish: {every: 2m} | publish.anchorEvery: must be at least publish.every, 2m, got 1m",
        "publish: {checkpoints: 0} | publish.checkpoints: must be 1 to 10000, got 0",
        "gate: {tolerance: -1} | gate.tolerance: must be 0 to 10, got -1",
        "gate: {calibrationBand: 0.5} | gate.calibrationBand: must be 1 to 1000000, got 0.5",
        "gate: {roundsPerFalseRefusal: 0} | gate.roundsPerFalseRefusal: must be 1 to",
        "gate: {hold: 0} | gate.hold: must be 1 to 100000, got 0",
        "gate: {patience: -1} | gate.patience: must be 0 to 100000, got -1",
        "gate: {aside: 1.5} | gate.aside: must be a whole number, 0 to 100000, got 1.5",
        "gate: {toleranze: 1} | gate.toleranze: must be a known setting (did you mean tolerance?)",
        "warmStart: {from: m} | warmStart.from: must be another model, got m",
        "warmStart: {} | warmStart.from: must be given",
        "engine: tensorflow | engine: must be one of own, djl, got tensorflow",
        "device: tpu | device: must be one of cpu, gpu, auto, got tpu",
        "seed: 1.5 | seed: must be a whole number, got 1.5",
      })
  void settingThatCannotWorkIsRefused(String setting, String problem) {
    assertThat(problems(withSetting(setting)))
        .singleElement()
        .asString()
        .startsWith("models.m." + problem);
  }

  @Test
  void filesThatAreNotWhereIsLearntAreRefusedWithAllElseAndElsewhereNobodyLooks(
      @TempDir Path folder) throws IOException {
    Path there = Files.writeString(folder.resolve("tokenizer.json"), "{}");
    String settings = "ranking: {pretrained: {tokenizer: \"%s\", model: \"%s\"}}";
    String missing = settings.formatted(there, folder.resolve("none.pt"));

    assertThat(reader.read(withSetting(missing)).models()).hasSize(1);
    assertThat(
            catchThrowableOfType(
                    InvalidSettings.class,
                    () -> reader.toLearn().read(withSetting(missing + ", seed: 1.5")))
                .problems())
        .containsExactlyInAnyOrder(
            "models.m.seed: must be a whole number, got 1.5",
            "models.m.ranking.pretrained.model: must be a file that can be read, got "
                + folder.resolve("none.pt"));
    assertThat(
            catchThrowableOfType(
                    InvalidSettings.class,
                    () -> reader.toLearn().read(withSetting(settings.formatted(folder, "\\0"))))
                .problems())
        .hasSize(2);
    assertThat(reader.toLearn().read(withSetting(settings.formatted(there, there))).models())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stream: {outOfOrderness: -1s} | stream.outOfOrderness: must be a duration such as",
        "stream: {heartbeat: 0ms} | stream.heartbeat: must be 1ms to",
        "labels: {wait: 60} | labels.wait: must be a duration such as 100ms, 60s, 10m, 1h or 30d, got 60",
        "labels: {policy: immediate} | labels.policy: must be wait, the only policy there is, got immediate",
        "labels: {action: none} | labels.action: must be the name of an outcome",
        "labels: {action: query} | labels.action: must be the name of an outcome",
        "lables: {} | lables: must be a known setting (did you mean labels?), got lables",
      })
  void streamThatCannotWorkIsRefused(String setting, String problem) {
    String model = "models: {m: {family: din, features: [" + ID + "]}}\n";
    assertThat(problems(model + setting)).singleElement().asString().startsWith(problem);
  }

  @Test
  void fileWithoutModelsIsRefused() {
    assertThat(problems("")).containsExactly("models: must declare at least one model, got none");
    assertThat(problems("just text")).first().asString().contains("must be a map of settings");
    assertThat(problems("models: {m: {}}"))
        .containsExactlyInAnyOrder(
            "models.m.family: must be given: the name of a family, got nothing",
            "models.m.features: must declare at least one feature, got none");
    assertThat(problems("models: {1st: {family: din, features: [" + ID + "]}}"))
        .singleElement()
        .asString()
        .startsWith("models.1st.name: must start with a letter");
  }

  @Test
  void textThatIsNoYamlIsRefusedWithItsPlace() {
    assertThat(problems("models:\n  a: [1,\n")).singleElement().asString().startsWith("line 3, ");
    assertThat(problems("models: {}\nmodels: {}\n"))
        .singleElement()
        .asString()
        .contains("without repeated keys", "duplicate key models");
    assertThat(problems("a: !!java.io.File /tmp")).singleElement().asString().contains("YAML");
  }

  @Test
  void veryLongTextIsShortenedInMessages() {
    String problem = problems(withSetting("engine: " + "x".repeat(10_000))).get(0);

    assertThat(problem).hasSizeLessThan(300).endsWith("...");
  }

  @Test
  void fileThatUnfoldsWithoutEndIsRefusedAtOnce() {
    StringBuilder lists = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 25; i++) {
      lists.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(problems(lists + withSetting("engine: *a24")))
        .contains("models.m.engine: must be the name of an engine, got a list");
    assertThat(problems(withSetting("engine: &e {b: &f [*e]}")))
        .containsExactly("models.m.engine: must be the name of an engine, got a map");
  }
}
