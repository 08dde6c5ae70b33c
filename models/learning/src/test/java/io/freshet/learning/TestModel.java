package io.freshet.learning;

import io.freshet.scoring.settings.GateSettings;
import io.freshet.scoring.settings.ModelSettings;
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
import io.freshet.scoring.settings.ModelSettings.Words;
import io.freshet.scoring.settings.RankingSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds settings of a small model with features of every kind and two histories. */
public final class TestModel {

  private String family = "din";
  private Activation activation = Activation.SIGMOID;
  private Normalize normalize = Normalize.SOFTMAX;
  private double admitAfter = 1;
  private long expireAfterMs;
  private long maxRows = 1_000_000;
  private Boosting boosting =
      new Boosting(6, 3, Sums.NEWTON, Outputs.GRADIENT, 0, 0.5, 0.75, 20, 4, 3, List.of(0.5, 1.0));
  private double regularization;
  private Optimizer rows = new Optimizer(OptimizerKind.ADAGRAD, 0.25, 100, 0, 0, 0.05);
  private Optimizer dense = new Optimizer(OptimizerKind.ADAM, 0.005, 0, 0, 10, 0);
  private Noise noise = Noise.NONE;
  private List<Integer> units = List.of(6, 4);
  private Calibration calibration = Calibration.PLATT;
  private Device device = Device.CPU;
  private long seed = 1;
  private @Nullable RankingSettings ranking;

  public static TestModel of(String family) {
    TestModel model = new TestModel();
    model.family = family;
    return model;
  }

  public TestModel device(Device value) {
    device = value;
    return this;
  }

  public TestModel activation(Activation value) {
    activation = value;
    return this;
  }

  public TestModel normalize(Normalize value) {
    normalize = value;
    return this;
  }

  public TestModel admitAfter(double value) {
    admitAfter = value;
    return this;
  }

  public TestModel expireAfterMs(long value) {
    expireAfterMs = value;
    return this;
  }

  public TestModel maxRows(long value) {
    maxRows = value;
    return this;
  }

  public TestModel regularization(double value) {
    regularization = value;
    return this;
  }

  public TestModel boosting(Boosting value) {
    boosting = value;
    return this;
  }

  public TestModel rows(OptimizerKind kind, double rate, double halfLifeUpdates, long halfLifeMs) {
    rows = new Optimizer(kind, rate, halfLifeUpdates, halfLifeMs, 0, 0.05);
    return this;
  }

  public TestModel dense(OptimizerKind kind, double rate, double halfLifeUpdates, long halfLifeMs) {
    dense = new Optimizer(kind, rate, halfLifeUpdates, halfLifeMs, 10, 0);
    return this;
  }

  public TestModel units(List<Integer> value) {
    units = value;
    return this;
  }

  public TestModel noise(Noise value) {
    noise = value;
    return this;
  }

  public TestModel calibration(Calibration value) {
    calibration = value;
    return this;
  }

  public TestModel seed(long value) {
    seed = value;
    return this;
  }

  public ModelSettings build() {
    List<Feature> features = new ArrayList<>();
    features.add(feature("item", Use.ID, 4, "item.id"));
    features.add(feature("category", Use.ID, 3, "item.category"));
    features.add(feature("user", Use.ID, 3, "user.id"));
    features.add(feature("tags", Use.BAG, 2, "item.tags"));
    features.add(feature("next", Use.CROSS, 1, "item.id", "clicked.last"));
    features.add(feature("position", Use.BIAS, 1, "position"));
    features.add(feature("price", Use.NUMBER, 1, "item.price"));
    features.add(feature("rate", Use.COUNTERS, 1, "item.id"));
    features.add(tokens("query", "query.text"));
    features.add(tokens("text", "item.text"));
    return new ModelSettings(
        "model",
        family,
        features,
        List.of(
            new History("clicked", List.of("item", "category"), List.of("click"), 8),
            new History("passed", List.of("item"), List.of("none"), 5)),
        new Attention(List.of(5, 3), activation, normalize),
        new Network(units, activation, true),
        boosting,
        ranking == null ? ranking(RankingSettings.DEFAULT.projection(), 0) : ranking,
        new Regularization(regularization),
        new Optimizers(rows, dense, noise),
        calibration,
        new Batching(16, 1_000),
        new Rounds(4),
        new Publishing(250, 60_000),
        GateSettings.DEFAULT,
        null,
        LearnerFamilies.named(family).engines().get(0),
        device,
        seed);
  }

  /** Late interaction in few floats, with rows that age as those of the features do. */
  public RankingSettings ranking(RankingSettings.Projection projection, int context) {
    return new RankingSettings(
        8,
        6,
        context,
        0,
        projection,
        RankingSettings.Loss.SOFTMAX,
        0.1,
        new RankingSettings.Negatives(2, 0.5),
        new RankingSettings.Examination(
            RankingSettings.Source.ESTIMATED, List.of(), 5, 3, 1, (int) Math.min(maxRows, 1000)),
        "",
        0.5,
        new RankingSettings.Tokens(admitAfter, expireAfterMs, maxRows),
        2,
        0.5,
        RankingSettings.Pretrained.NONE);
  }

  public TestModel ranking(RankingSettings value) {
    ranking = value;
    return this;
  }

  private static Feature tokens(String name, String from) {
    return new Feature(
        name, List.of(from), Use.TOKENS, 0, false, 0, 0, 0, List.of(), new Words(5, 3, false));
  }

  private Feature feature(String name, Use use, int size, String... from) {
    return new Feature(
        name,
        List.of(from),
        use,
        size,
        false,
        admitAfter,
        expireAfterMs,
        maxRows,
        use == Use.COUNTERS ? List.of(60_000L, 3_600_000L) : List.of());
  }
}
