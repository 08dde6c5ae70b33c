package io.freshet.cli.guard;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * DIN forwards as its definition reads, in double precision, on a serving state: none of the
 * scorer's code, and a place between attention's weights and the sum that they weigh, where a test
 * may change them. Knows softmax, the linear skip, and no bags.
 */
final class SlowDin {

  private final FeatureLayout layout;
  private final ModelSettings settings;
  private final ModelState state;

  SlowDin(ModelSettings settings, ModelState state) {
    if (settings.attention().normalize() != Normalize.SOFTMAX || !settings.network().linearSkip()) {
      throw new IllegalArgumentException("must be softmax, with a linear skip, got " + settings);
    }
    this.settings = settings;
    this.layout = FeatureLayout.of(settings);
    this.state = state;
  }

  /** Attention's weights, [histories][positions], oldest position first. */
  double[][] weights(EncodedExample example) {
    double[][] weights = new double[layout.histories().size()][];
    for (int h = 0; h < weights.length; h++) {
      weights[h] = weights(example, h);
    }
    return weights;
  }

  /** The calibrated probability that follows from these weights, [histories][positions]. */
  double probability(EncodedExample example, double[][] weights) {
    double[] x = new double[0];
    for (int h = 0; h < weights.length; h++) {
      double[] q = query(example, h);
      double[] pooled = new double[q.length];
      for (int j = 0; j < weights[h].length; j++) {
        double[] k = key(example, h, j);
        for (int i = 0; i < k.length; i++) {
          pooled[i] += weights[h][j] * k[i];
        }
      }
      x = concat(x, pooled);
      Arrays.setAll(q, i -> q[i] * pooled[i]);
      x = concat(x, q);
    }
    for (int s = 0; s < layout.ids().size(); s++) {
      x = concat(x, row(layout.ids().get(s).name(), example.ids()[s]));
    }
    double[] dense = dense(example);
    double logit =
        network(
            "mlp", concat(x, dense), settings.network().units(), settings.network().activation());
    for (int i = 0; i < dense.length; i++) {
      logit += tensor("skip.W")[i] * dense[i];
    }
    logit += sum(layout.crosses(), example.crosses()) + sum(layout.biases(), example.biases());
    return sigmoid(tensor("calibration")[0] * logit + tensor("calibration")[1]);
  }

  private double[] weights(EncodedExample example, int h) {
    double[] q = query(example, h);
    double[] weights = new double[example.historyLength(h)];
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      double[] k = key(example, h, j);
      double[] input = new double[4 * q.length];
      for (int i = 0; i < q.length; i++) {
        input[i] = q[i];
        input[q.length + i] = k[i];
        input[2 * q.length + i] = q[i] - k[i];
        input[3 * q.length + i] = q[i] * k[i];
      }
      String unit = "att." + layout.histories().get(h).name();
      weights[j] =
          Math.exp(
              network(
                  unit, input, settings.attention().units(), settings.attention().activation()));
      sum += weights[j];
    }
    for (int j = 0; j < weights.length; j++) {
      weights[j] /= sum;
    }
    return weights;
  }

  private double[] query(EncodedExample example, int h) {
    double[] q = new double[0];
    for (int slot : layout.histories().get(h).idSlots()) {
      q = concat(q, row(layout.ids().get(slot).name(), example.ids()[slot]));
    }
    return q;
  }

  private double[] key(EncodedExample example, int h, int j) {
    HistorySlot slot = layout.histories().get(h);
    double[] k = new double[0];
    for (int f = 0; f < slot.fields().size(); f++) {
      k = concat(k, row(slot.fields().get(f).name(), example.histories()[h][f][j]));
    }
    return k;
  }

  private double[] dense(EncodedExample example) {
    double[] dense = new double[0];
    for (float number : example.numbers()) {
      boolean missing = Float.isNaN(number);
      double z = missing ? 0 : z(dense.length, number);
      dense = concat(dense, new double[] {z, missing ? 1 : 0});
    }
    for (int c = 0; c < layout.counters().size(); c++) {
      for (double value : counters(example, c)) {
        dense = concat(dense, new double[] {z(dense.length, value)});
      }
    }
    for (int h = 0; h < layout.histories().size(); h++) {
      double length = Math.log(1 + example.historyLength(h));
      dense = concat(dense, new double[] {z(dense.length, length)});
    }
    return dense;
  }

  private double[] counters(EncodedExample example, int c) {
    CounterSlot slot = layout.counters().get(c);
    double[] row = row(slot.name(), example.counterIds()[c]);
    int halfLives = slot.halfLivesMs().size();
    int times = 2 * halfLives + 2;
    double p0 = tensor("counters.base")[0] / (double) tensor("counters.base")[1];
    boolean unseen = row[2 * halfLives + 1] == 0;
    double first = row[times] * 3.6e6 + row[times + 1];
    double last = row[times + 2] * 3.6e6 + row[times + 3];
    double age = unseen ? 0 : Math.max(0, example.eventTime() - first);
    double gap = unseen ? 0 : Math.max(0, example.eventTime() - last);
    double[] values = new double[halfLives + 4];
    for (int h = 0; h <= halfLives; h++) {
      double kept = h == halfLives ? 1 : Math.pow(2, -gap / slot.halfLivesMs().get(h));
      double positives = row[2 * h] * kept;
      double negatives = row[2 * h + 1] * kept - positives;
      values[h] = Math.log((positives + 5 * p0) / (negatives + 5 * (1 - p0)));
    }
    values[halfLives + 1] = Math.log(1 + row[2 * halfLives + 1]);
    values[halfLives + 2] = Math.log(1 + age / 3.6e6);
    values[halfLives + 3] = Math.log(1 + gap / 3.6e6);
    return values;
  }

  private double z(int i, double x) {
    double deviation = Math.sqrt(tensor("dense.var")[i] + 1e-6);
    return Math.max(-5, Math.min(5, (x - tensor("dense.mean")[i]) / deviation));
  }

  private double network(String name, double[] input, List<Integer> units, Activation activation) {
    double[] x = input;
    for (int layer = 0; layer < units.size(); layer++) {
      x = hidden(name + "." + layer, x, units.get(layer), activation);
    }
    float[] w = tensor(name + ".out.W");
    double sum = tensor(name + ".out.b")[0];
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * w[i];
    }
    return sum;
  }

  private double[] hidden(String layer, double[] x, int units, Activation activation) {
    float[] w = tensor(layer + ".W");
    float[] b = tensor(layer + ".b");
    double[] s = new double[units];
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < units; o++) {
        s[o] += x[i] * w[i * units + o];
      }
    }
    for (int o = 0; o < units; o++) {
      s[o] += b[o];
    }
    return switch (activation) {
      case SIGMOID -> map(s, o -> sigmoid(s[o]));
      case RELU -> map(s, o -> Math.max(0, s[o]));
      case PRELU -> {
        float[] alpha = tensor(layer + ".alpha");
        yield map(s, o -> s[o] > 0 ? s[o] : alpha[o] * s[o]);
      }
      case DICE -> {
        float[] alpha = tensor(layer + ".alpha");
        float[] mean = tensor(layer + ".mean");
        float[] variance = tensor(layer + ".var");
        yield map(
            s,
            o -> {
              double p = sigmoid((s[o] - mean[o]) / Math.sqrt(variance[o] + 1e-8));
              return p * s[o] + (1 - p) * alpha[o] * s[o];
            });
      }
    };
  }

  private static double[] map(double[] s, IntToDoubleFunction activation) {
    double[] activated = new double[s.length];
    Arrays.setAll(activated, activation);
    return activated;
  }

  private double sum(List<IdSlot> slots, long[] ids) {
    double sum = 0;
    for (int s = 0; s < ids.length; s++) {
      sum += row(slots.get(s).name(), ids[s])[0];
    }
    return sum;
  }

  private double[] row(String table, long id) {
    RowTable rows = state.table(table);
    int row = rows.find(id) >= 0 ? rows.find(id) : rows.find(0);
    double[] values = new double[rows.width()];
    Arrays.setAll(values, i -> rows.values(row)[rows.valueOffset(row) + i]);
    return values;
  }

  private float[] tensor(String name) {
    return state.tensor(name).data();
  }

  private static double[] concat(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static double sigmoid(double s) {
    return 1 / (1 + Math.exp(-s));
  }
}
