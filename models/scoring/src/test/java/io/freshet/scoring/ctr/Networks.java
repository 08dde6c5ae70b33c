package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.Ids;
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
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Random networks, states and examples for tests; all a function of the generator. */
public final class Networks {

  static final long NOW = 1_700_000_000_000L;
  private static final int IDS = 40;
  private static final Boosting ONE_BLOCK =
      new Boosting(1, 1, Sums.NEWTON, Outputs.GRADIENT, 0, 1, 1, 1, 0, 0, List.of(1.0));

  private Networks() {}

  static ModelSettings settings(
      List<Feature> features, List<History> histories, Attention attention, Network network) {
    return settings(features, histories, attention, network, ONE_BLOCK);
  }

  public static ModelSettings settings(
      List<Feature> features,
      List<History> histories,
      Attention attention,
      Network network,
      Boosting boosting) {
    Optimizer optimizer = new Optimizer(OptimizerKind.SGD, 0.1, 0, 0, 0, 0.05);
    return new ModelSettings(
        "m",
        "din",
        features,
        histories,
        attention,
        network,
        boosting,
        RankingSettings.DEFAULT,
        new Regularization(0),
        new Optimizers(optimizer, optimizer),
        Calibration.PLATT,
        new Batching(256, 1000),
        new Rounds(1),
        new Publishing(1, 1),
        GateSettings.DEFAULT,
        null,
        "djl",
        Device.CPU,
        1);
  }

  static Feature feature(String name, String from, Use use, int size) {
    List<Long> halfLives = use == Use.COUNTERS ? List.of(3_600_000L, 86_400_000L) : List.of();
    return new Feature(name, List.of(from), use, size, false, 0, 0, 1000, halfLives);
  }

  /** Any number of features of every kind, up to two histories, any activations. */
  public static ModelSettings random(Random random) {
    List<Feature> features = new ArrayList<>();
    features.add(feature("item", "item.id", Use.ID, 1 + random.nextInt(20)));
    features.add(feature("category", "item.category", Use.ID, 1 + random.nextInt(20)));
    optional(random, features, feature("device", "context.device", Use.ID, 3));
    optional(random, features, feature("tags", "item.tags", Use.BAG, 1 + random.nextInt(9)));
    optional(random, features, feature("price", "item.price", Use.NUMBER, 1));
    optional(random, features, feature("stock", "item.stock", Use.NUMBER, 1));
    optional(random, features, feature("rate", "item.id", Use.COUNTERS, 1));
    optional(random, features, feature("usage", "user.id", Use.COUNTERS, 1));
    optional(random, features, feature("position", "position", Use.BIAS, 1));
    if (random.nextBoolean()) {
      List<String> from = List.of("item.id", "context.device");
      features.add(new Feature("pair", from, Use.CROSS, 1, false, 0, 0, 1000, List.of()));
    }
    List<History> histories = new ArrayList<>();
    if (random.nextInt(4) > 0) {
      histories.add(new History("clicked", List.of("item", "category"), List.of("click"), 50));
    }
    if (random.nextBoolean()) {
      histories.add(new History("bought", List.of("category"), List.of("buy"), 20));
    }
    return settings(
        features,
        histories,
        new Attention(
            units(random), any(random, Activation.values()), any(random, Normalize.values())),
        new Network(units(random), any(random, Activation.values()), random.nextBoolean()));
  }

  private static void optional(Random random, List<Feature> features, Feature feature) {
    if (random.nextBoolean()) {
      features.add(feature);
    }
  }

  private static List<Integer> units(Random random) {
    return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> 1 + random.nextInt(70)).toList();
  }

  public static <T> T any(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** A state with every tensor random and rows for some of the ids that examples use. */
  public static ModelState state(Random random, CtrShape shape) {
    ModelState state = shape.emptyState();
    for (Tensor tensor : state.tensors().values()) {
      boolean positive = tensor.name().endsWith("var") || tensor.name().equals("dense.count");
      double scale = tensor.shape().length == 2 ? 1 / Math.sqrt(tensor.shape()[0]) : 0.5;
      for (int i = 0; i < tensor.data().length; i++) {
        double draw = scale * random.nextGaussian();
        tensor.data()[i] = (float) (positive ? 0.1 + Math.abs(draw) : draw);
      }
    }
    if (shape.counterSize() > 0) {
      float[] base = state.tensor(CtrShape.COUNTERS_BASE).data();
      base[0] = 30 + random.nextInt(50);
      base[1] = 500;
    }
    for (TableSpec spec : shape.tables()) {
      RowTable table = state.table(spec.name());
      table.findOrInsert(Ids.SHARED);
      for (int n = 0; n < IDS; n++) {
        if (random.nextBoolean()) {
          table.findOrInsert(id(n));
        }
      }
      table.forEach((id, row) -> fill(random, spec, table, id, row));
    }
    return state;
  }

  private static void fill(Random random, TableSpec spec, RowTable table, long id, int row) {
    float[] values = table.values(row);
    int at = table.valueOffset(row);
    if (spec.kind() != TableSpec.Kind.COUNTERS) {
      for (int j = 0; j < spec.width(); j++) {
        values[at + j] = 0.5f * (float) random.nextGaussian();
      }
    } else if (id != Ids.SHARED) {
      int sums = spec.width() - 4;
      for (int j = 0; j < sums; j += 2) {
        values[at + j] = random.nextInt(20) * 0.7f;
        values[at + j + 1] = values[at + j] + random.nextInt(100) + 0.5f;
      }
      int hours = (int) (NOW / 3_600_000L);
      values[at + sums] = hours - 200 - random.nextInt(100);
      values[at + sums + 1] = random.nextInt(3_600_000);
      values[at + sums + 2] = hours - random.nextInt(150);
      values[at + sums + 3] = random.nextInt(3_600_000);
    }
  }

  private static long id(int n) {
    return 2 + n * 0x9E3779B97F4A7C15L;
  }

  private static long id(Random random) {
    return random.nextInt(12) == 0 ? Ids.MISSING : id(random.nextInt(IDS));
  }

  private static long[] ids(Random random, int count) {
    return IntStream.range(0, count).mapToLong(i -> id(random)).toArray();
  }

  public static EncodedExample example(Random random, FeatureLayout layout) {
    List<HistorySlot> slots = layout.histories();
    long[][][] histories = new long[slots.size()][][];
    for (int h = 0; h < histories.length; h++) {
      int length = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(slots.get(h).length());
      histories[h] = new long[slots.get(h).fields().size()][];
      for (int f = 0; f < histories[h].length; f++) {
        histories[h][f] = ids(random, length);
      }
    }
    return example(random, layout, histories);
  }

  /** A candidate with a given user's histories. */
  public static EncodedExample example(Random random, FeatureLayout layout, long[][][] histories) {
    float[] numbers = new float[layout.numbers().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(4) == 0 ? Float.NaN : 3 * (float) random.nextGaussian();
    }
    List<IdSlot> bags = layout.bags();
    List<CounterSlot> counters = layout.counters();
    return new EncodedExample(
        ids(random, layout.ids().size()),
        bags.stream().map(bag -> ids(random, random.nextInt(4))).toArray(long[][]::new),
        ids(random, layout.crosses().size()),
        ids(random, layout.biases().size()),
        numbers,
        ids(random, counters.size()),
        histories,
        NOW - random.nextInt(200_000_000));
  }
}
