package io.freshet.bench.experiments;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.gbnn.Columns;
import io.freshet.learning.gbnn.Task;
import io.freshet.scoring.kernel.FloatMath;

/**
 * The usual network of one hidden layer, trained by Adam (arXiv 1412.6980) on mini-batches: what
 * boosting is held against. ReLU units, L2 on the weights, as scikit-learn's.
 */
final class AdamNetwork implements Model {

  private static final int BATCH = 100;
  private static final double FIRST = 0.9;
  private static final double SECOND = 0.999;
  private static final double EPSILON = 1e-8;

  /** The length and the rates of a training. */
  record Plan(int units, int epochs, double rate, double l2) {}

  private final Plan plan;
  private final Task task;
  private final int outputs;
  private final Network network;
  private final float[][] values;
  private final float[][] gradients;
  private final float[][] firsts;
  private final float[][] seconds;
  private int step;

  AdamNetwork(Plan plan, Task task, int outputs, int inputs, long seed) {
    this.plan = plan;
    this.task = task;
    this.outputs = outputs;
    this.network = new Network(new int[] {inputs, plan.units(), outputs}, BATCH);
    int tensors = 2 * network.layers();
    values = new float[tensors][];
    gradients = new float[tensors][];
    firsts = new float[tensors][];
    seconds = new float[tensors][];
    for (int l = 0; l < network.layers(); l++) {
      network.draw(
          l,
          Math.sqrt(2.0 / (network.inputs(l) + network.outputs(l))),
          HashedNormal.key(HashedNormal.key(seed, "adam"), l));
      values[2 * l] = network.weights(l);
      values[2 * l + 1] = network.biases(l);
      gradients[2 * l] = network.weightGradients(l);
      gradients[2 * l + 1] = network.biasGradients(l);
    }
    for (int i = 0; i < tensors; i++) {
      firsts[i] = new float[values[i].length];
      seconds[i] = new float[values[i].length];
    }
  }

  void train(Columns inputs, double[] labels, long seed) {
    int rows = inputs.rows();
    int[] order = new int[rows];
    for (int r = 0; r < rows; r++) {
      order[r] = r;
    }
    double[] batchLabels = new double[BATCH];
    Network.Loss loss = (out, pitch, count) -> loss(out, pitch, count, batchLabels);
    long key = HashedNormal.key(seed, "order");
    for (int epoch = 0; epoch < plan.epochs(); epoch++) {
      long ofEpoch = HashedNormal.key(key, epoch);
      for (int r = 0; r < rows - 1; r++) {
        int other = r + (int) (HashedNormal.uniform(ofEpoch, r) * (rows - r));
        int swapped = order[r];
        order[r] = order[other];
        order[other] = swapped;
      }
      for (int at = 0; at < rows; at += BATCH) {
        int count = Math.min(BATCH, rows - at);
        for (int r = 0; r < count; r++) {
          fill(inputs, order[at + r], r);
          batchLabels[r] = labels[order[at + r]];
        }
        network.step(count, loss);
        update(count);
      }
    }
  }

  /**
   * Takes one step on rows {@code from} to {@code to} − 1, at most {@value #BATCH}.
   *
   * @param labels of these rows
   * @return the sum of their losses before it: log loss in nats, or squared error
   */
  double learn(float[][] rows, double[] labels, int from, int to) {
    int count = to - from;
    fill(rows, from, to);
    double mean = network.step(count, (out, pitch, size) -> loss(out, pitch, size, labels));
    update(count);
    return mean * count;
  }

  /**
   * The probabilities of class 1 of rows {@code from} to {@code to} − 1, at most {@value #BATCH}.
   */
  double[] probabilities(float[][] rows, int from, int to) {
    fill(rows, from, to);
    float[] out = network.forward(to - from);
    double[] probabilities = new double[to - from];
    for (int r = 0; r < probabilities.length; r++) {
      probabilities[r] = FloatMath.sigmoid(out[r * network.pitch(2)]);
    }
    return probabilities;
  }

  @Override
  public double[][] scores(Columns inputs) {
    double[][] scores = new double[outputs][inputs.rows()];
    for (int at = 0; at < inputs.rows(); at += BATCH) {
      int count = Math.min(BATCH, inputs.rows() - at);
      for (int r = 0; r < count; r++) {
        fill(inputs, at + r, r);
      }
      float[] out = network.forward(count);
      for (int r = 0; r < count; r++) {
        for (int k = 0; k < outputs; k++) {
          scores[k][at + r] = out[r * network.pitch(2) + k];
        }
      }
    }
    return scores;
  }

  private void fill(float[][] rows, int from, int to) {
    for (int r = from; r < to; r++) {
      System.arraycopy(rows[r], 0, network.input(), (r - from) * network.pitch(0), rows[r].length);
    }
  }

  private void fill(Columns inputs, int row, int to) {
    for (int c = 0; c < inputs.width(); c++) {
      network.input()[to * network.pitch(0) + c] = (float) inputs.columns()[c][row];
    }
  }

  private double loss(float[] out, int pitch, int count, double[] labels) {
    if (task == Task.MULTI_CLASS) {
      int[] classes = new int[count];
      for (int r = 0; r < count; r++) {
        classes[r] = (int) labels[r];
      }
      return new SoftmaxLoss(outputs, classes).apply(out, pitch, count);
    }
    double sum = 0;
    for (int r = 0; r < count; r++) {
      float score = out[r * pitch];
      float label = (float) labels[r];
      if (task == Task.BINARY) {
        sum += Math.max(score, 0) - score * label + Math.log1p(Math.exp(-Math.abs(score)));
      } else {
        sum += (score - label) * (score - label);
      }
      float predicted = task == Task.BINARY ? FloatMath.sigmoid(score) : score;
      out[r * pitch] = (predicted - label) / count;
    }
    return sum / count;
  }

  private void update(int rows) {
    step++;
    double rate = plan.rate() * Math.sqrt(1 - Math.pow(SECOND, step)) / (1 - Math.pow(FIRST, step));
    for (int i = 0; i < values.length; i++) {
      float l2 = i % 2 == 0 ? (float) (plan.l2() / rows) : 0;
      float[] w = values[i];
      float[] g = gradients[i];
      float[] m = firsts[i];
      float[] v = seconds[i];
      for (int j = 0; j < w.length; j++) {
        float gradient = g[j] + l2 * w[j];
        m[j] = (float) (FIRST * m[j] + (1 - FIRST) * gradient);
        v[j] = (float) (SECOND * v[j] + (1 - SECOND) * gradient * gradient);
        w[j] -= (float) (rate * m[j] / (Math.sqrt(v[j]) + EPSILON));
      }
    }
  }
}
