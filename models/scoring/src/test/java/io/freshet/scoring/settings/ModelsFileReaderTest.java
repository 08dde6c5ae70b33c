package io.freshet.scoring.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.Batching;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Feature;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Optimizers;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Publishing;
import io.freshet.scoring.settings.ModelSettings.Regularization;
import io.freshet.scoring.settings.ModelSettings.Rounds;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.settings.ModelSettings.WarmStart;
import io.freshet.scoring.settings.ModelSettings.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsFileReaderTest {

  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  private static final String SMALLEST =
      """
      models:
        small:
          family: din
          features:
            - {name: item, from: item.id, as: id}
      """;

  private final ModelsFileReader reader =
      new ModelsFileReader(
          Map.of("din", List.of("djl"), "base", List.of("djl")), SettingsDefaults.LIVE);

  private List<String> problems(String yaml) {
    InvalidSettings invalid = catchThrowableOfType(InvalidSettings.class, () -> reader.read(yaml));
    assertThat(invalid).as("settings were accepted").isNotNull();
    return invalid.problems();
  }

  @Test
  void silentFileHasTheDefaultsOfEverything() {
    ModelsFile file = reader.read(SMALLEST);

    assertThat(file.stream()).isEqualTo(new StreamSettings(100, 100, "click", 60_000, "wait"));
    assertThat(file.models())
        .containsExactly(
            new ModelSettings(
                "small",
                "din",
                List.of(
                    new Feature(
                        "item", List.of("item.id"), Use.ID, 16, false, 1, 0, 5_000_000, List.of())),
                List.of(),
                new Attention(List.of(80, 40), Activation.SIGMOID, Normalize.SOFTMAX),
                new Network(List.of(200, 80), Activation.PRELU, true),
                new Boosting(
                    32,
                    8,
                    Sums.NEWTON,
                    Outputs.GRADIENT,
                    0,
                    0.1,
                    1,
                    100,
                    1000,
                    2000,
                    List.of(0.125, 0.25, 0.5, 1.0)),
                RankingSettings.DEFAULT,
                new Regularization(0.0001),
                new Optimizers(
                    new Optimizer(OptimizerKind.ADAGRAD, 0.25, 100, 0, 0, 0.05),
                    new Optimizer(OptimizerKind.ADAM, 0.002, 0, 0, 0, 0),
                    new Noise(0, 0.55, 0.01, 2_000)),
                Calibration.PLATT,
                new Batching(256, 1_000),
                new Rounds(4),
                new Publishing(250, 60_000),
                new GateSettings(true, 0.01, 1.5, 100_000, 16, 8, 32),
                null,
                "djl",
                Device.CPU,
                1));
  }

  @Test
  void silentPartsOfFeaturesAndHistoriesHaveTheirDefaults() {
    ModelSettings model =
        reader
            .read(
                """
                labels: {action: buy}
                models:
                  m:
                    family: base
                    features:
                      - {name: item, from: item.id, as: id}
                      - {name: tags, from: item.tags, as: bag}
                      - {name: words, from: item.text, as: text}
                      - {name: price, from: item.price, as: number}
                      - {name: rates, from: user.id, as: counters}
                      - {name: pair, from: [item.id, user.id], as: cross}
                      - {name: place, from: position, as: bias}
                      - {name: body, from: item.text, as: tokens}
                    histories:
                      - {name: bought, of: [item]}
                """)
            .models()
            .get(0);

    assertThat(model.features().subList(1, 8))
        .containsExactly(
            rows("tags", Use.BAG, 16, "item.tags"),
            rows("words", Use.TEXT, 16, "item.text"),
            new Feature("price", List.of("item.price"), Use.NUMBER, 0, false, 0, 0, 0, List.of()),
            new Feature(
                "rates",
                List.of("user.id"),
                Use.COUNTERS,
                0,
                false,
                0,
                0,
                5_000_000,
                List.of(HOUR, 6 * HOUR, DAY, 7 * DAY)),
            rows("pair", Use.CROSS, 1, "item.id", "user.id"),
            rows("place", Use.BIAS, 1, "position"),
            new Feature(
                "body",
                List.of("item.text"),
                Use.TOKENS,
                0,
                false,
                0,
                0,
                0,
                List.of(),
                new Words(64, 4, false)));
    assertThat(model.histories())
        .containsExactly(new History("bought", List.of("item"), List.of("buy"), 50));
  }

  private static Feature rows(String name, Use use, int size, String... from) {
    return new Feature(name, List.of(from), use, size, false, 1, 0, 5_000_000, List.of());
  }

  @Test
  void everySettingReachesItsProperty() {
    ModelsFile file =
        reader.read(
            """
            stream: {outOfOrderness: 2s, heartbeat: 1500ms}
            labels: {action: cart, wait: 10m, policy: wait}
            models:
              all:
                family: din
                features:
                  - {name: item, from: item.id, as: id, size: 12, admitAfter: 2.5, expireAfter: 30d, maxRows: 77}
                  - {name: price, from: context.price, as: number, log: true}
                  - {name: rate, from: item.id, as: counters, halfLives: [2h, 1d], expireAfter: 7d, maxRows: 78}
                  - {name: next, from: [item.id, seen.last], as: cross, admitAfter: 3, expireAfter: 1h, maxRows: 79}
                  - {name: hour, from: event.hour, as: bias, admitAfter: 0, expireAfter: 2h, maxRows: 80}
                  - {name: words, from: item.text, as: text, size: 5, admitAfter: 4, expireAfter: 3h, maxRows: 81}
                  - {name: asked, from: query.text, as: tokens, length: 9, subwords: 3, punctuation: true}
                histories:
                  - {name: seen, of: [item], actions: [click, none], length: 9}
                attention: {units: [7, 5], activation: prelu, normalize: none}
                network: {units: [11], activation: relu, linearSkip: false}
                boosting:
                  blocks: 6
                  units: 3
                  sums: damped
                  shrinkage: 0.5
                  subsample: 0.75
                  halfLife: 20
                  retireEvery: 10
                  retireAge: 30
                  prefixes: [0.5, 1]
                ranking:
                  width: 32
                  vector: 16
                  context: 48
                  augment: 24
                  loss: hinge
                  temperature: 0.5
                  teacher: price
                  teacherWeight: 0.75
                  generation: 9
                  documentShare: 0.125
                  projection: {shape: glu, activation: silu, scale: 3, residual: false}
                  negatives: {count: 8, weight: 0.25}
                  examination: {from: positions, positions: [1, 0.5], clip: 5, upTo: 4, error: 0.3, maxPairs: 99}
                  tokens: {admitAfter: 2, expireAfter: 1d, maxRows: 82}
                  pretrained: {tokenizer: t.json, model: m.pt}
                regularization: {rows: 0.5}
                optimizer:
                  rows: {kind: adagrad, rate: 0.75, halfLife: 7d, spread: 0.01}
                  dense: {kind: adagrad, rate: 1e-3, halfLife: 50, clip: 10}
                  noise: {eta: 0.3, gamma: 0.5, restartShare: 0.1, restartEvery: 7}
                calibration: none
                batch: {size: 32, span: 5s}
                round: {steps: 6}
                publish: {every: 1s, anchorEvery: 2m, checkpoints: 3}
                gate: {enabled: false, tolerance: 0.05, calibrationBand: 2, roundsPerFalseRefusal: 1e6, hold: 8, patience: 3, aside: 10}
                warmStart: {from: old}
                engine: djl
                device: auto
                seed: -5
            """);

    assertThat(file.stream()).isEqualTo(new StreamSettings(2_000, 1_500, "cart", 600_000, "wait"));
    assertThat(file.models())
        .containsExactly(
            new ModelSettings(
                "all",
                "din",
                List.of(
                    new Feature(
                        "item",
                        List.of("item.id"),
                        Use.ID,
                        12,
                        false,
                        2.5,
                        30 * DAY,
                        77,
                        List.of()),
                    new Feature(
                        "price", List.of("context.price"), Use.NUMBER, 0, true, 0, 0, 0, List.of()),
                    new Feature(
                        "rate",
                        List.of("item.id"),
                        Use.COUNTERS,
                        0,
                        false,
                        0,
                        7 * DAY,
                        78,
                        List.of(2 * HOUR, DAY)),
                    new Feature(
                        "next",
                        List.of("item.id", "seen.last"),
                        Use.CROSS,
                        1,
                        false,
                        3,
                        HOUR,
                        79,
                        List.of()),
                    new Feature(
                        "hour",
                        List.of("event.hour"),
                        Use.BIAS,
                        1,
                        false,
                        0,
                        2 * HOUR,
                        80,
                        List.of()),
                    new Feature(
                        "words",
                        List.of("item.text"),
                        Use.TEXT,
                        5,
                        false,
                        4,
                        3 * HOUR,
                        81,
                        List.of()),
                    new Feature(
                        "asked",
                        List.of("query.text"),
                        Use.TOKENS,
                        0,
                        false,
                        0,
                        0,
                        0,
                        List.of(),
                        new Words(9, 3, true))),
                List.of(new History("seen", List.of("item"), List.of("click", "none"), 9)),
                new Attention(List.of(7, 5), Activation.PRELU, Normalize.NONE),
                new Network(List.of(11), Activation.RELU, false),
                new Boosting(
                    6,
                    3,
                    Sums.DAMPED,
                    Outputs.GRADIENT,
                    0,
                    0.5,
                    0.75,
                    20,
                    10,
                    30,
                    List.of(0.5, 1.0)),
                new RankingSettings(
                    32,
                    16,
                    48,
                    24,
                    new RankingSettings.Projection(
                        RankingSettings.Shape.GLU, RankingSettings.Bend.SILU, 3, false),
                    RankingSettings.Loss.HINGE,
                    0.5,
                    new RankingSettings.Negatives(8, 0.25),
                    new RankingSettings.Examination(
                        RankingSettings.Source.POSITIONS, List.of(1.0, 0.5), 5, 4, 0.3, 99),
                    "price",
                    0.75,
                    new RankingSettings.Tokens(2, DAY, 82),
                    9,
                    0.125,
                    new RankingSettings.Pretrained("t.json", "m.pt")),
                new Regularization(0.5),
                new Optimizers(
                    new Optimizer(OptimizerKind.ADAGRAD, 0.75, 0, 7 * DAY, 0, 0.01),
                    new Optimizer(OptimizerKind.ADAGRAD, 0.001, 50, 0, 10, 0),
                    new Noise(0.3, 0.5, 0.1, 7)),
                Calibration.NONE,
                new Batching(32, 5_000),
                new Rounds(6),
                new Publishing(1_000, 120_000, 3),
                new GateSettings(false, 0.05, 2, 1_000_000, 8, 3, 10),
                new WarmStart("old"),
                "djl",
                Device.AUTO,
                -5));
  }

  @Test
  void timeDefaultsAreThoseOfTheSource() {
    ModelsFile file =
        new ModelsFileReader(Map.of("din", List.of("djl")), new SettingsDefaults(0, 0, HOUR))
            .read(SMALLEST);

    assertThat(file.stream()).isEqualTo(new StreamSettings(0, HOUR, "click", 0, "wait"));
    assertThat(file.models().get(0).batch()).isEqualTo(new Batching(256, HOUR));
  }

  @Test
  void halfLifeIsInUpdatesOrInEventTimeOrNever() {
    assertThat(halfLife("100")).extracting(Optimizer::halfLifeUpdates).isEqualTo(100.0);
    assertThat(halfLife("7d")).extracting(Optimizer::halfLifeMs).isEqualTo(7 * DAY);
    assertThat(halfLife("never"))
        .extracting(Optimizer::halfLifeUpdates, Optimizer::halfLifeMs)
        .containsExactly(0.0, 0L);
  }

  private Optimizer halfLife(String text) {
    String yaml = SMALLEST + "    optimizer: {rows: {halfLife: " + text + "}}\n";
    return reader.read(yaml).models().get(0).optimizer().rows();
  }

  @Test
  void modelsShareFeaturesByAnchor() {
    ModelsFile file =
        reader.read(
            """
            models:
              a: {family: din, features: &shared [{name: item, from: item.id, as: id}]}
              b: {family: base, features: *shared}
            """);

    assertThat(file.models()).extracting(ModelSettings::name).containsExactly("a", "b");
    assertThat(file.models().get(1).features()).isEqualTo(file.models().get(0).features());
  }

  @Test
  void threeMistakesComeInOneMessageEachWithItsPlace() {
    assertThat(
            problems(
                """
                models:
                  din:
                    family: dni
                    features:
                      - {name: item, from: item.id, as: id, size: 0}
                    netwrk: {units: [200, 80]}
                """))
        .containsExactlyInAnyOrder(
            "models.din.family: must be one of base, din (did you mean din?), got dni",
            "models.din.features.item.size: must be 1 to 512, got 0",
            "models.din.netwrk: must be a known setting (did you mean network?), got netwrk");
  }

  @Test
  void aFileIsReadAndAnotherFormatIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("models.yaml");
    Files.writeString(file, SMALLEST);
    assertThat(reader.read(file).models()).hasSize(1);

    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    InvalidSettings invalid = catchThrowableOfType(InvalidSettings.class, () -> reader.read(file));
    assertThat(invalid.problems()).singleElement().asString().contains("must be text in UTF-8");
  }
}
