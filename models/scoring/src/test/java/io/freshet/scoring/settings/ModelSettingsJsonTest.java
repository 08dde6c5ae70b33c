package io.freshet.scoring.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelSettingsJsonTest {

  private static ModelSettings model(String yaml) {
    return new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
        .read(yaml)
        .models()
        .get(0);
  }

  private static ModelSettings small() {
    return model("models: {m: {family: din, features: [{name: i, from: item.id, as: id}]}}");
  }

  @Test
  void textIsCanonicalWithEverySettingInIt() {
    assertThat(ModelSettingsJson.write(small()))
        .isEqualTo(
            """
            {"attention":{"activation":"sigmoid","normalize":"softmax","units":[80,40]},
            "batch":{"size":256,"spanMs":1000},
            "boosting":{"biases":0,"blocks":32,"halfLife":100,"outputs":"gradient",
            "prefixes":[0.125,0.25,0.5,1],"retireAge":2000,"retireEvery":1000,
            "shrinkage":0.1,"subsample":1,"sums":"newton","units":8},"calibration":"platt","device":"cpu","engine":"djl","family":"din",
            "features":[{"admitAfter":1,"as":"id","expireAfterMs":0,"from":["item.id"],
            "halfLivesMs":[],"log":false,"maxRows":5000000,"name":"i","size":16,
            "words":{"length":0,"punctuation":false,"subwords":0}}],
            "gate":{"aside":32,"calibrationBand":1.5,"enabled":true,"hold":16,"patience":8,
            "roundsPerFalseRefusal":100000,"tolerance":0.01},
            "histories":[],"name":"m",
            "network":{"activation":"prelu","linearSkip":true,"units":[200,80]},
            "optimizer":{"dense":{"clip":0,"halfLifeMs":0,"halfLifeUpdates":0,"kind":"adam",
            "rate":0.002,"spread":0},
            "noise":{"eta":0,"gamma":0.55,"restartEvery":2000,"restartShare":0.01},"rows":{"clip":0,"halfLifeMs":0,"halfLifeUpdates":100,
            "kind":"adagrad","rate":0.25,"spread":0.05}},
            "publish":{"anchorEveryMs":60000,"checkpoints":10,"everyMs":250},
            "ranking":{"augment":0,"context":0,"documentShare":0,
            "examination":{"clip":10,"error":0.2,"from":"none","maxPairs":200000,"positions":[],"upTo":10},"generation":64,
            "loss":"softmax","negatives":{"count":0,"weight":0.5},
            "pretrained":{"model":"","tokenizer":""},
            "projection":{"activation":"identity","residual":true,"scale":2,"shape":"linear"},
            "teacher":"","teacherWeight":0.5,"temperature":0.1,
            "tokens":{"admitAfter":1,"expireAfterMs":0,"maxRows":5000000},"vector":64,"width":64},
            "regularization":{"rows":0.0001},
            "round":{"steps":4},"seed":1,"warmStart":null}"""
                .replace("\n", ""));
  }

  @Test
  void whatWasWrittenReadsBackAsTheSameSettings() {
    ModelSettings model =
        model(
            """
            models:
              m:
                family: din
                features:
                  - {name: i, from: item.id, as: id, admitAfter: 0.1, expireAfter: 30d}
                  - {name: odd, from: 'item.a "b" \\ü', as: counters}
                  - {name: x, from: [item.id, h.last], as: cross}
                histories: [{name: h, of: [i], actions: [click, none]}]
                optimizer: {rows: {halfLife: 7d, rate: 0.30000000000000004}}
                warmStart: {from: other}
                seed: -9223372036854775808
            """);

    String json = ModelSettingsJson.write(model);

    assertThat(ModelSettingsJson.read(json)).isEqualTo(model);
    assertThat(ModelSettingsJson.write(ModelSettingsJson.read(json))).isEqualTo(json);
  }

  @Test
  void textThatLacksOrDoesNotKnowASettingIsRefused() {
    String json = ModelSettingsJson.write(small());

    assertThatThrownBy(() -> ModelSettingsJson.read(json.replace("\"seed\":1,", "")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("seed");
    assertThatThrownBy(
            () -> ModelSettingsJson.read(json.replace("\"seed\"", "\"sead\":2,\"seed\"")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("sead");
    assertThatThrownBy(() -> ModelSettingsJson.read("{"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("canonical JSON");
  }

  @Test
  void settingsThatCannotWorkAreRefusedWhenReadBack() {
    String json = ModelSettingsJson.write(small()).replace("\"size\":16", "\"size\":1000");

    assertThatThrownBy(() -> ModelSettingsJson.read(json))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("features.i.size: must be 1 to 512, got 1000");
  }
}
