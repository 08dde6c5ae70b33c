package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {

  private static final FtrlSettings FTRL = new FtrlSettings(0.1, 1, 0.01, 0.5, 0, 22);
  private static final ReferenceSettings SETTINGS =
      ReferenceSettings.of(GeneratedStream.layout()).withFtrl(FTRL);

  @Test
  void itAgreesWithASlowRegressionOverNamedInputs() {
    LogisticRegression fast = new LogisticRegression(SETTINGS);
    SlowRegression slow = new SlowRegression();
    List<GeneratedStream.Row> rows = GeneratedStream.rows(1, 400);
    List<long[]> frozen = new ArrayList<>();
    List<Map<String, Double>> named = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      EncodedExample example = rows.get(i).example().encoded();
      ReferencePrediction prediction = fast.predict(rows.get(i).example());
      Map<String, Double> raw = slow.raw(example);
      assertThat(prediction.probability())
          .as("prediction %d", i)
          .isCloseTo((float) slow.probability(raw), within(2e-5f));
      frozen.add(prediction.frozen());
      named.add(raw);
      int ready = i - 10;
      if (ready >= 0) {
        GeneratedStream.Row row = rows.get(ready);
        fast.train(frozen.get(ready), row.label(), row.weight(), example.eventTime());
        EncodedExample then = row.example().encoded();
        slow.train(named.get(ready), then, row.label(), row.weight(), example.eventTime());
      }
    }
  }

  @Test
  void aNumberThatIsNoneOrDamagedLeavesTheOthersTheirUse() {
    LogisticRegression spoilt = new LogisticRegression(SETTINGS);
    LogisticRegression clean = new LogisticRegression(SETTINGS);
    float[] none = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, 1e17f};
    List<GeneratedStream.Row> rows = GeneratedStream.rows(1, 4_000);
    double loss = 0;
    double cleanLoss = 0;
    for (int i = 0; i < rows.size(); i++) {
      GeneratedStream.Row row = rows.get(i);
      long time = row.example().encoded().eventTime();
      ReferencePrediction good = clean.predict(row.example());
      clean.train(good.frozen(), row.label(), row.weight(), time);
      if (i % 50 == 49) {
        row.example().encoded().numbers()[0] = none[i / 50 % none.length];
      }
      ReferencePrediction prediction = spoilt.predict(row.example());
      spoilt.train(prediction.frozen(), row.label(), row.weight(), time);
      assertThat(prediction.probability()).isBetween(0f, 1f);
      if (i >= 2_000) {
        loss -= Math.log(row.label() > 0 ? prediction.probability() : 1 - prediction.probability());
        cleanLoss -= Math.log(row.label() > 0 ? good.probability() : 1 - good.probability());
      }
    }
    assertThat(loss / cleanLoss).isCloseTo(1, within(0.01));
  }

  /** Weights by name, statistics and counters from all that was ever seen. */
  private static final class SlowRegression {

    private record Seen(long item, double label, double weight, long time) {}

    private final Map<String, double[]> weights = new LinkedHashMap<>();
    private final Map<String, List<Double>> values = new LinkedHashMap<>();
    private final List<Seen> seen = new ArrayList<>();

    /**
     * Inputs before standardisation; those to be standardised have names that begin with {@code z}.
     */
    Map<String, Double> raw(EncodedExample e) {
      Map<String, Double> raw = new LinkedHashMap<>();
      raw.put("one", 1.0);
      for (int i = 0; i < 3; i++) {
        raw.put("id" + i + ":" + e.ids()[i], 1.0);
      }
      for (long tag : e.bags()[0]) {
        raw.merge("tag" + tag, 1 / Math.sqrt(e.bags()[0].length), Double::sum);
      }
      if (e.crosses()[0] != Ids.MISSING) {
        raw.put("next" + e.crosses()[0], 1.0);
      }
      raw.put("position" + e.biases()[0], 1.0);
      for (int f = 0; f < 2; f++) {
        long[] past = e.histories()[0][f];
        int same = 0;
        for (long id : past) {
          raw.merge("past" + f + ":" + id, 1 / Math.sqrt(past.length), Double::sum);
          same += id == e.ids()[f == 0 ? 0 : 2] ? 1 : 0;
        }
        int repeatClass = 0;
        for (int limit = 1; repeatClass < 5 && same >= limit; limit *= 2) {
          repeatClass++;
        }
        raw.put("repeat" + f + ":" + repeatClass, 1.0);
      }
      if (Float.isNaN(e.numbers()[0])) {
        raw.put("no price", 1.0);
      } else {
        raw.put("z price", (double) e.numbers()[0]);
      }
      counters(e, raw);
      raw.put("z length", Math.log(1 + e.histories()[0][0].length));
      return raw;
    }

    private void counters(EncodedExample e, Map<String, Double> raw) {
      double all = seen.stream().mapToDouble(Seen::weight).sum();
      double base = (seen.stream().mapToDouble(s -> s.weight * s.label).sum() + 0.5) / (all + 1);
      long id = e.counterIds()[0];
      List<Seen> own = seen.stream().filter(s -> s.item == id && id != Ids.MISSING).toList();
      double hour = 3_600_000;
      for (double halfLife : new double[] {60_000, hour, Double.POSITIVE_INFINITY}) {
        double positives = 0;
        double total = 0;
        for (Seen s : own) {
          double kept = s.weight * Math.pow(0.5, (e.eventTime() - s.time) / halfLife);
          positives += kept * s.label;
          total += kept;
        }
        double odds = (positives + 5 * base) / (total - positives + 5 * (1 - base));
        raw.put("z rate " + halfLife, Math.log(odds));
      }
      raw.put("z count", Math.log(1 + own.stream().mapToDouble(Seen::weight).sum()));
      double age = own.isEmpty() ? 0 : e.eventTime() - own.get(0).time;
      double gap = own.isEmpty() ? 0 : e.eventTime() - own.get(own.size() - 1).time;
      raw.put("z age", Math.log(1 + age / hour));
      raw.put("z gap", Math.log(1 + gap / hour));
    }

    private Map<String, Double> inputs(Map<String, Double> raw) {
      Map<String, Double> inputs = new LinkedHashMap<>(raw);
      inputs.replaceAll((name, x) -> name.startsWith("z") ? standardized(name, x) : x);
      return inputs;
    }

    private double standardized(String name, double x) {
      List<Double> before = values.getOrDefault(name, List.of());
      double z = x;
      if (before.size() >= 100) {
        double mean = before.stream().mapToDouble(v -> v).average().orElseThrow();
        double variance =
            before.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
        z = (x - mean) / Math.sqrt(variance + 1e-6);
      }
      return Math.max(-5, Math.min(5, z));
    }

    double probability(Map<String, Double> raw) {
      double logit = 0;
      for (Map.Entry<String, Double> input : inputs(raw).entrySet()) {
        logit += weight(input.getKey()) * input.getValue();
      }
      return 1 / (1 + Math.exp(-logit));
    }

    private double weight(String name) {
      double[] zn = weights.getOrDefault(name, new double[2]);
      if (Math.abs(zn[0]) <= FTRL.l1()) {
        return 0;
      }
      return -(zn[0] - Math.signum(zn[0]) * FTRL.l1())
          / ((FTRL.beta() + Math.sqrt(zn[1])) / FTRL.alpha() + FTRL.l2());
    }

    void train(
        Map<String, Double> raw, EncodedExample e, double label, double weight, long readyTime) {
      double slope = weight * (probability(raw) - label);
      for (Map.Entry<String, Double> input : inputs(raw).entrySet()) {
        double[] zn = weights.computeIfAbsent(input.getKey(), name -> new double[2]);
        double g = slope * input.getValue();
        double w = weight(input.getKey());
        zn[0] += g - (Math.sqrt(zn[1] + g * g) - Math.sqrt(zn[1])) / FTRL.alpha() * w;
        zn[1] += g * g;
      }
      raw.forEach(
          (name, x) -> {
            if (name.startsWith("z")) {
              values.computeIfAbsent(name, n -> new ArrayList<>()).add(x);
            }
          });
      seen.add(new Seen(e.counterIds()[0], label, weight, readyTime));
    }
  }

  @Test
  void onGeneratedClicksItRecoversMostOfWhatThePriorMisses() {
    List<GeneratedStream.Row> rows = GeneratedStream.rows(2, 20_000);
    double oracle = 0;
    double weight = 0;
    for (GeneratedStream.Row row : rows) {
      double p = row.trueProbability();
      oracle -= row.weight() * Math.log(row.label() > 0 ? p : 1 - p);
      weight += row.weight();
    }
    oracle /= weight;
    double prior = loss("prior", rows);
    double regression = loss("logistic-regression", rows);
    // its crosses do not hold user × category, so that it cannot reach the oracle
    assertThat((prior - regression) / (prior - oracle)).isBetween(0.45, 0.95);
    assertThat(regression).isLessThan(loss("running-means", rows));
    assertThat(loss("running-means", rows)).isLessThan(prior - 0.005);
    assertThat(loss("popularity", rows)).isLessThan(prior - 0.005);
  }

  @Test
  void withoutAnythingToLearnItIsNoWorseThanThePriorByMoreThanItsNoise() {
    List<GeneratedStream.Row> rows = new ArrayList<>();
    for (GeneratedStream.Row row : GeneratedStream.rows(3, 20_000)) {
      float label =
          (row.example().encoded().eventTime() / GeneratedStream.GAP_MS * 2654435761L >>> 7) % 10
                  == 0
              ? 1
              : 0;
      rows.add(new GeneratedStream.Row(row.example(), label, 1, 0.1));
    }
    assertThat(loss("logistic-regression", rows))
        .isBetween(loss("prior", rows) - 0.001, loss("prior", rows) + 0.02);
  }

  private static double loss(String name, List<GeneratedStream.Row> rows) {
    Playback playback = new Playback();
    playback.play(References.create(name, ReferenceSettings.of(GeneratedStream.layout())), rows);
    return playback.meanLogLoss();
  }

  @Test
  void aStateOfOtherSettingsIsRefusedNamingTheDifference() throws IOException {
    byte[] saved = Playback.saved(new LogisticRegression(SETTINGS));
    FtrlSettings faster = new FtrlSettings(0.2, 1, 0.01, 0.5, 0, 22);
    assertThatThrownBy(
            () -> Playback.resumed("logistic-regression", SETTINGS.withFtrl(faster), saved))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ftrl.alpha was 0.1, is 0.2");
    FeatureLayout fewer =
        new FeatureLayout(
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    ReferenceSettings other = ReferenceSettings.of(fewer).withFtrl(FTRL);
    assertThatThrownBy(() -> Playback.resumed("logistic-regression", other, saved))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("feature layout");
  }

  @Test
  void aModelWithoutFeaturesIsABaseRate() {
    FeatureLayout nothing =
        new FeatureLayout(
            List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    Reference regression = References.create("logistic-regression", ReferenceSettings.of(nothing));
    EncodedExample empty =
        new EncodedExample(
            new long[0],
            new long[0][],
            new long[0],
            new long[0],
            new float[0],
            new long[0],
            new long[0][][],
            0);
    ReferenceExample example =
        new ReferenceExample(GeneratedStream.instance("a", null, 1, 0, List.of()), empty, false);
    for (int i = 0; i < 5_000; i++) {
      regression.train(regression.predict(example).frozen(), i % 10 == 0 ? 1 : 0, 1, i);
    }
    assertThat(regression.predict(example).probability()).isCloseTo(0.1f, within(0.02f));
  }
}
