package io.freshet.learning.gbnn;

import java.util.Arrays;

/**
 * A network of one hidden layer of sigmoid units: c + Σ_u v_u·sigmoid(b_u + w_u·x).
 *
 * @param weights [units][inputs]
 * @param biases [units]
 * @param out [units][outputs]
 * @param outBiases [outputs]
 */
public record Block(double[][] weights, double[] biases, double[][] out, double[] outBiases) {

  /** Hidden units. */
  public int units() {
    return biases.length;
  }

  /** [outputs][rows]. */
  public double[][] outputs(Columns inputs) {
    double[][] outputs = new double[outBiases.length][inputs.rows()];
    for (int k = 0; k < outputs.length; k++) {
      Arrays.fill(outputs[k], outBiases[k]);
    }
    double[] hidden = new double[inputs.rows()];
    for (int u = 0; u < biases.length; u++) {
      activate(inputs, weights[u], 0, biases[u], hidden);
      for (int k = 0; k < outputs.length; k++) {
        addScaled(out[u][k], hidden, outputs[k]);
      }
    }
    return outputs;
  }

  /** hidden = sigmoid(bias + X·w), w being the entries of {@code weights} from {@code offset}. */
  static void activate(Columns inputs, double[] weights, int offset, double bias, double[] hidden) {
    Arrays.fill(hidden, bias);
    for (int c = 0; c < inputs.width(); c++) {
      addScaled(weights[offset + c], inputs.columns()[c], hidden);
    }
    Sigmoid.apply(hidden);
  }

  static void addScaled(double factor, double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }
}
