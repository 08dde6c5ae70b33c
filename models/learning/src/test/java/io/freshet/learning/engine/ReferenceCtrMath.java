package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/**
 * The click-through network as its definition reads, example by example, in double precision and
 * without any care for speed. The oracle of the engines: it shares no code with them, and its
 * gradients are finite differences.
 */
public class ReferenceCtrMath {

  private static final double STEP = 1e-5;

  private final CtrShape shape;
  private final PackedBatch batch;
  private final Map<String, double[]> tensors = new TreeMap<>();
  private final double[][] rows;

  /** By layer: weight of the example, then what entered each unit's activation. */
  private final Map<String, List<double[]>> inputs = new TreeMap<>();

  private double weight;

  public ReferenceCtrMath(CtrShape shape, Map<String, float[]> tensors, PackedBatch batch) {
    this.shape = shape;
    this.batch = batch;
    tensors.forEach((name, data) -> this.tensors.put(name, doubles(data)));
    this.rows = new double[batch.rows().length][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = doubles(batch.rows()[t]);
    }
  }

  public double[] logits() {
    inputs.clear();
    double[] logits = new double[batch.size()];
    for (int e = 0; e < logits.length; e++) {
      weight = batch.weights()[e];
      logits[e] = logit(e);
    }
    return logits;
  }

  /** The layers that the last {@link #logits} passed. */
  Set<String> layers() {
    return inputs.keySet();
  }

  /** Weighted mean of what entered a unit's activation in the last {@link #logits}. */
  double mean(String layer, int unit) {
    double sum = 0;
    double weights = 0;
    for (double[] input : inputs.getOrDefault(layer, List.of())) {
      sum += input[0] * input[1 + unit];
      weights += input[0];
    }
    return sum / weights;
  }

  /** Weighted variance of the same. */
  double variance(String layer, int unit) {
    double mean = mean(layer, unit);
    double sum = 0;
    double weights = 0;
    for (double[] input : inputs.getOrDefault(layer, List.of())) {
      sum += input[0] * (input[1 + unit] - mean) * (input[1 + unit] - mean);
      weights += input[0];
    }
    return sum / weights;
  }

  public double loss() {
    inputs.clear();
    double sum = 0;
    for (int e = 0; e < batch.size(); e++) {
      double p = sigmoid(logit(e));
      double y = batch.labels()[e];
      sum -= batch.weights()[e] * (y * Math.log(p) + (1 - y) * Math.log(1 - p));
    }
    return sum / batch.size();
  }

  public double[] gradient(String tensor) {
    return gradient(tensor(tensor), this::loss);
  }

  public double[] rowGradient(int table) {
    return gradient(rows[table], this::loss);
  }

  /** Of any loss by any of this network's parameters. */
  protected static double[] gradient(double[] parameters, DoubleSupplier loss) {
    double[] gradient = new double[parameters.length];
    for (int i = 0; i < gradient.length; i++) {
      double value = parameters[i];
      parameters[i] = value + STEP;
      double above = loss.getAsDouble();
      parameters[i] = value - STEP;
      double below = loss.getAsDouble();
      parameters[i] = value;
      gradient[i] = (above - below) / (2 * STEP);
    }
    return gradient;
  }

  private double logit(int e) {
    double[] x = x(e);
    return linear(e) + network(x);
  }

  /** What stands on x. */
  protected double network(double[] x) {
    return layers(shape.mlp(), "mlp.out.W", "mlp.out.b", x);
  }

  protected double[] x(int e) {
    double[] x = new double[shape.inputSize()];
    for (int h = 0; h < shape.layout().histories().size(); h++) {
      double[] q = query(h, e);
      double[] pooled = pooled(h, e, q);
      for (int i = 0; i < q.length; i++) {
        x[shape.pooledOffset(h) + i] = pooled[i];
        x[shape.productOffset(h) + i] = q[i] * pooled[i];
      }
    }
    int table = 0;
    for (int i = 0; i < batch.ids().length; i++) {
      int width = shape.layout().ids().get(i).width();
      System.arraycopy(row(table++, batch.ids()[i][e], width), 0, x, shape.idOffset(i), width);
    }
    for (int b = 0; b < batch.bags().length; b++) {
      int width = shape.layout().bags().get(b).width();
      int from = batch.bagOffsets()[b][e];
      int to = batch.bagOffsets()[b][e + 1];
      for (int j = from; j < to; j++) {
        double[] row = row(table, batch.bags()[b][j], width);
        for (int i = 0; i < width; i++) {
          x[shape.bagOffset(b) + i] += row[i] / (to - from);
        }
      }
      table++;
    }
    for (int i = 0; i < shape.denseSize(); i++) {
      x[shape.denseOffset() + i] = batch.dense()[e * shape.denseSize() + i];
    }
    return x;
  }

  /** What reaches the logit past the network. */
  protected double linear(int e) {
    double linear = 0;
    for (int i = 0; shape.linearSkip() && i < shape.denseSize(); i++) {
      linear += batch.dense()[e * shape.denseSize() + i] * tensor("skip.W")[i];
    }
    int table = batch.ids().length + batch.bags().length;
    for (int[] cross : batch.crosses()) {
      linear += rows[table++][cross[e]];
    }
    for (int[] bias : batch.biases()) {
      linear += rows[table++][bias[e]];
    }
    return linear;
  }

  private double[] query(int h, int e) {
    HistorySlot slot = shape.layout().histories().get(h);
    double[] q = new double[slot.width()];
    int at = 0;
    for (int table : slot.idSlots()) {
      int width = shape.layout().ids().get(table).width();
      System.arraycopy(row(table, batch.ids()[table][e], width), 0, q, at, width);
      at += width;
    }
    return q;
  }

  private double[] key(int h, int j) {
    HistorySlot slot = shape.layout().histories().get(h);
    double[] k = new double[slot.width()];
    int at = 0;
    for (int f = 0; f < slot.idSlots().size(); f++) {
      int width = slot.fields().get(f).width();
      System.arraycopy(
          row(slot.idSlots().get(f), batch.histories()[h][f][j], width), 0, k, at, width);
      at += width;
    }
    return k;
  }

  private double[] pooled(int h, int e, double[] q) {
    int from = batch.historyOffsets()[h][e];
    int n = batch.historyOffsets()[h][e + 1] - from;
    double[] weights = new double[n];
    double sum = 0;
    for (int j = 0; j < n; j++) {
      weights[j] = shape.pooling() == Pooling.MEAN ? 1.0 / n : weight(h, q, key(h, from + j), n);
      sum += weights[j];
    }
    double[] pooled = new double[q.length];
    for (int j = 0; j < n; j++) {
      double[] k = key(h, from + j);
      for (int i = 0; i < q.length; i++) {
        pooled[i] += weights[j] * k[i] / (softmax() ? sum : 1);
      }
    }
    return pooled;
  }

  private boolean softmax() {
    return shape.pooling() == Pooling.ATTENTION
        && shape.attention().normalize() == Normalize.SOFTMAX;
  }

  private double weight(int h, double[] q, double[] k, int n) {
    int d = q.length;
    double[] input = new double[4 * d];
    for (int i = 0; i < d; i++) {
      input[i] = q[i];
      input[d + i] = k[i];
      input[2 * d + i] = q[i] - k[i];
      input[3 * d + i] = q[i] * k[i];
    }
    double s =
        layers(
            shape.attentionLayers(h),
            shape.attentionOutWeight(h),
            shape.attentionOutBias(h),
            input);
    return switch (shape.attention().normalize()) {
      case SOFTMAX -> Math.exp(s);
      case MEAN -> s / n;
      case NONE -> s;
    };
  }

  private double layers(List<LayerSpec> layers, String outWeight, String outBias, double[] input) {
    double[] x = input;
    for (LayerSpec layer : layers) {
      double[] s = tensor(layer.bias()).clone();
      for (int o = 0; o < layer.out(); o++) {
        for (int i = 0; i < layer.in(); i++) {
          s[o] += x[i] * tensor(layer.weight())[i * layer.out() + o];
        }
      }
      double[] entry = new double[1 + layer.out()];
      entry[0] = weight;
      System.arraycopy(s, 0, entry, 1, layer.out());
      inputs.computeIfAbsent(layer.name(), name -> new ArrayList<>()).add(entry);
      for (int o = 0; o < layer.out(); o++) {
        s[o] = activate(layer, o, s[o]);
      }
      x = s;
    }
    double sum = tensor(outBias)[0];
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * tensor(outWeight)[i];
    }
    return sum;
  }

  private double activate(LayerSpec layer, int unit, double s) {
    return switch (layer.activation()) {
      case SIGMOID -> sigmoid(s);
      case RELU -> Math.max(0, s);
      case PRELU -> s > 0 ? s : tensor(layer.alpha())[unit] * s;
      case DICE -> {
        double mean = tensor(layer.mean())[unit];
        double variance = tensor(layer.variance())[unit];
        double p = sigmoid((s - mean) / Math.sqrt(variance + 1e-8));
        yield p * s + (1 - p) * tensor(layer.alpha())[unit] * s;
      }
    };
  }

  private double[] row(int table, int entry, int width) {
    double[] row = new double[width];
    System.arraycopy(rows[table], entry * width, row, 0, width);
    return row;
  }

  protected double[] tensor(String name) {
    double[] tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  protected static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
