package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The network as its definition reads, in double precision and without any of the scorer's code:
 * names of tensors spelt out, the attention unit's input written as one vector, one candidate at a
 * time.
 */
public final class SlowNetwork {

  private final ModelSettings settings;
  private final FeatureLayout layout;
  private final boolean attention;
  private final ModelState state;
  private double largestInput;

  public SlowNetwork(
      ModelSettings settings, FeatureLayout layout, boolean attention, ModelState state) {
    this.settings = settings;
    this.layout = layout;
    this.attention = attention;
    this.state = state;
  }

  double logit(EncodedExample e) {
    double[] x = x(e);
    return network("mlp", x, settings.network().units(), settings.network().activation())
        + added(e);
  }

  /** What enters the network. */
  public double[] x(EncodedExample e) {
    List<Double> x = new ArrayList<>();
    for (int h = 0; h < layout.histories().size(); h++) {
      double[] q = query(e, h);
      double[] pooled = pooled(e, h, q);
      add(x, pooled);
      for (int j = 0; j < q.length; j++) {
        x.add(q[j] * pooled[j]);
      }
    }
    for (int s = 0; s < layout.ids().size(); s++) {
      add(x, row(layout.ids().get(s).name(), e.ids()[s]));
    }
    for (int s = 0; s < layout.bags().size(); s++) {
      add(x, bag(layout.bags().get(s), e.bags()[s]));
    }
    add(x, dense(e));
    largestInput = x.stream().mapToDouble(Math::abs).max().orElse(0);
    return array(x);
  }

  /** What reaches the logit past the network. */
  public double added(EncodedExample e) {
    double added = 0;
    double[] dense = dense(e);
    if (settings.network().linearSkip() && dense.length > 0) {
      float[] skip = state.tensor("skip.W").data();
      for (int i = 0; i < dense.length; i++) {
        added += skip[i] * dense[i];
      }
    }
    for (int s = 0; s < layout.crosses().size(); s++) {
      added += row(layout.crosses().get(s).name(), e.crosses()[s])[0];
    }
    for (int s = 0; s < layout.biases().size(); s++) {
      added += row(layout.biases().get(s).name(), e.biases()[s])[0];
    }
    return added;
  }

  /** The largest input of the last logit's network. */
  public double largestInput() {
    return largestInput;
  }

  double probability(EncodedExample e) {
    float[] calibration = state.tensor("calibration").data();
    return sigmoid(calibration[0] * logit(e) + calibration[1]);
  }

  private double[] row(String table, long id) {
    RowTable rows = state.table(table);
    int row = rows.find(id) >= 0 ? rows.find(id) : rows.find(0);
    double[] values = new double[rows.width()];
    for (int j = 0; j < values.length; j++) {
      values[j] = rows.values(row)[rows.valueOffset(row) + j];
    }
    return values;
  }

  private double[] query(EncodedExample e, int h) {
    List<Double> q = new ArrayList<>();
    for (IdSlot field : layout.histories().get(h).fields()) {
      int slot = layout.ids().indexOf(field);
      add(q, row(field.name(), e.ids()[slot]));
    }
    return array(q);
  }

  private double[] pooled(EncodedExample e, int h, double[] q) {
    HistorySlot slot = layout.histories().get(h);
    int n = e.histories()[h][0].length;
    double[] pooled = new double[q.length];
    double[] weights = new double[n];
    double[][] keys = new double[n][];
    for (int j = 0; j < n; j++) {
      List<Double> k = new ArrayList<>();
      for (int f = 0; f < slot.fields().size(); f++) {
        add(k, row(slot.fields().get(f).name(), e.histories()[h][f][j]));
      }
      keys[j] = array(k);
      weights[j] = attention ? unit(slot.name(), q, keys[j]) : 1.0 / n;
    }
    if (attention) {
      normalize(weights);
    }
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < q.length; i++) {
        pooled[i] += weights[j] * keys[j][i];
      }
    }
    return pooled;
  }

  private double unit(String history, double[] q, double[] k) {
    int d = q.length;
    double[] in = new double[4 * d];
    for (int i = 0; i < d; i++) {
      in[i] = q[i];
      in[d + i] = k[i];
      in[2 * d + i] = q[i] - k[i];
      in[3 * d + i] = q[i] * k[i];
    }
    return network(
        "att." + history, in, settings.attention().units(), settings.attention().activation());
  }

  private void normalize(double[] weights) {
    double max = Arrays.stream(weights).max().orElse(0);
    double sum = Arrays.stream(weights).map(s -> Math.exp(s - max)).sum();
    for (int j = 0; j < weights.length; j++) {
      switch (settings.attention().normalize()) {
        case SOFTMAX -> weights[j] = Math.exp(weights[j] - max) / sum;
        case MEAN -> weights[j] /= weights.length;
        case NONE -> {}
      }
    }
  }

  private double network(String prefix, double[] in, List<Integer> units, Activation activation) {
    double[] x = in;
    for (int i = 0; i < units.size(); i++) {
      String layer = prefix + "." + i;
      float[] w = state.tensor(layer + ".W").data();
      float[] b = state.tensor(layer + ".b").data();
      double[] y = new double[b.length];
      for (int j = 0; j < y.length; j++) {
        y[j] = b[j];
        for (int k = 0; k < x.length; k++) {
          y[j] += x[k] * w[k * y.length + j];
        }
        y[j] = activated(layer, j, y[j], activation);
      }
      x = y;
    }
    float[] w = state.tensor(prefix + ".out.W").data();
    double out = state.tensor(prefix + ".out.b").data()[0];
    for (int k = 0; k < x.length; k++) {
      out += x[k] * w[k];
    }
    return out;
  }

  private double activated(String layer, int j, double s, Activation activation) {
    return switch (activation) {
      case SIGMOID -> sigmoid(s);
      case RELU -> Math.max(s, 0);
      case PRELU -> s > 0 ? s : state.tensor(layer + ".alpha").data()[j] * s;
      case DICE -> {
        double mean = state.tensor(layer + ".mean").data()[j];
        double var = state.tensor(layer + ".var").data()[j];
        double alpha = state.tensor(layer + ".alpha").data()[j];
        double p = sigmoid((s - mean) / Math.sqrt(var + 1e-8));
        yield p * s + (1 - p) * alpha * s;
      }
    };
  }

  private double[] bag(IdSlot slot, long[] ids) {
    double[] mean = new double[slot.width()];
    for (long id : ids) {
      double[] row = row(slot.name(), id);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / ids.length;
      }
    }
    return mean;
  }

  private double[] dense(EncodedExample e) {
    List<Double> dense = new ArrayList<>();
    for (float number : e.numbers()) {
      boolean missing = Float.isNaN(number);
      dense.add(missing ? 0 : z(dense.size(), number));
      dense.add(missing ? 1.0 : 0.0);
    }
    for (double value : counters(e)) {
      dense.add(z(dense.size(), value));
    }
    for (int h = 0; h < layout.histories().size(); h++) {
      dense.add(z(dense.size(), Math.log(1 + e.histories()[h][0].length)));
    }
    return array(dense);
  }

  private double z(int i, double x) {
    double mean = state.tensor("dense.mean").data()[i];
    double var = state.tensor("dense.var").data()[i];
    return Math.max(-5, Math.min(5, (x - mean) / Math.sqrt(var + 1e-6)));
  }

  double[] counters(EncodedExample e) {
    List<Double> values = new ArrayList<>();
    for (int c = 0; c < layout.counters().size(); c++) {
      counters(layout.counters().get(c), e.counterIds()[c], e.eventTime(), values);
    }
    return array(values);
  }

  private void counters(CounterSlot slot, long id, long time, List<Double> values) {
    double[] row = row(slot.name(), id);
    int halfLives = slot.halfLivesMs().size();
    float[] base = state.tensor("counters.base").data();
    double p0 = (double) base[0] / base[1];
    boolean unseen = row[2 * halfLives + 1] == 0;
    double first = row[2 * halfLives + 2] * 3.6e6 + row[2 * halfLives + 3];
    double last = row[2 * halfLives + 4] * 3.6e6 + row[2 * halfLives + 5];
    double gap = unseen ? 0 : Math.max(0, time - last);
    double age = unseen ? 0 : Math.max(0, time - first);
    for (int h = 0; h <= halfLives; h++) {
      double kept = h == halfLives ? 1 : Math.pow(2, -gap / slot.halfLivesMs().get(h));
      double pos = row[2 * h] * kept;
      double total = row[2 * h + 1] * kept;
      values.add(Math.log((pos + 5 * p0) / (total - pos + 5 * (1 - p0))));
    }
    values.add(Math.log(1 + row[2 * halfLives + 1]));
    values.add(Math.log(1 + age / 3.6e6));
    values.add(Math.log(1 + gap / 3.6e6));
  }

  private static double sigmoid(double s) {
    return 1 / (1 + Math.exp(-s));
  }

  private static void add(List<Double> to, double[] values) {
    for (double value : values) {
      to.add(value);
    }
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
