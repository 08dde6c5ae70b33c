package io.freshet.bench.experiments;

import io.freshet.learning.HashedNormal;
import io.freshet.scoring.kernel.Kernels;
import java.util.Arrays;

/**
 * A plain network of ReLU layers with linear outputs on the scorer's kernels, forward and backward
 * by hand. Matrices lie in rows of {@link #pitch} floats, whose rest stays 0.
 */
final class Network {

  /** The gradient of the mean loss with respect to outputs, in place; returns the mean loss. */
  interface Loss {

    double apply(float[] outputs, int pitch, int rows);
  }

  private final Kernels kernels = Kernels.best();
  private final int[] sizes;
  private final int[] pitches;
  private final int batch;
  private final float[][] weights;
  private final float[][] biases;
  private final float[][] weightGradients;
  private final float[][] biasGradients;

  /** [layers + 1][batch][pitch] what enters each layer, and the outputs. */
  private final float[][] values;

  private final float[][] deltas;
  private final float[] transposed;
  private final float[] zeros;

  /**
   * @param sizes inputs, hidden layers, outputs
   * @param batch rows at most
   */
  Network(int[] sizes, int batch) {
    this.sizes = sizes.clone();
    this.batch = batch;
    int layers = sizes.length - 1;
    pitches = Arrays.stream(sizes).map(Kernels::pitch).toArray();
    weights = new float[layers][];
    biases = new float[layers][];
    weightGradients = new float[layers][];
    biasGradients = new float[layers][];
    values = new float[layers + 1][];
    deltas = new float[layers + 1][];
    int largest = 0;
    for (int l = 0; l <= layers; l++) {
      values[l] = new float[batch * pitches[l]];
      deltas[l] = new float[batch * pitches[l]];
      largest = Math.max(largest, pitches[l]);
      if (l < layers) {
        weights[l] = new float[sizes[l] * pitches[l + 1]];
        biases[l] = new float[pitches[l + 1]];
        weightGradients[l] = new float[weights[l].length];
        biasGradients[l] = new float[biases[l].length];
        largest = Math.max(largest, pitches[l + 1]);
      }
    }
    transposed = new float[largest * Math.max(largest, Kernels.pitch(batch))];
    zeros = new float[largest];
  }

  int layers() {
    return weights.length;
  }

  int inputs(int layer) {
    return sizes[layer];
  }

  int outputs(int layer) {
    return sizes[layer + 1];
  }

  int pitch(int layer) {
    return pitches[layer];
  }

  /** Draws a layer's weights from N(0, deviation²); biases are 0. */
  void draw(int layer, double deviation, long key) {
    float[] row = new float[sizes[layer + 1]];
    for (int i = 0; i < sizes[layer]; i++) {
      HashedNormal.fill(HashedNormal.key(key, i), deviation, row, 0, row.length);
      System.arraycopy(row, 0, weights[layer], i * pitches[layer + 1], row.length);
    }
  }

  /** The weights of a layer, [inputs][pitch], in place; and its biases, [pitch]. */
  float[] weights(int layer) {
    return weights[layer];
  }

  float[] biases(int layer) {
    return biases[layer];
  }

  float[] weightGradients(int layer) {
    return weightGradients[layer];
  }

  float[] biasGradients(int layer) {
    return biasGradients[layer];
  }

  /** Where the rows of the next forward go, [batch][pitch(0)]. */
  float[] input() {
    return values[0];
  }

  /** Outputs [rows][pitch] of the rows in {@link #input}; valid until the next call. */
  float[] forward(int rows) {
    if (rows > batch) {
      throw new IllegalArgumentException(
          "a batch must have at most %d rows, got %d".formatted(batch, rows));
    }
    for (int l = 0; l < weights.length; l++) {
      int out = pitches[l + 1];
      product(rows, sizes[l], out, values[l], pitches[l], weights[l], biases[l], values[l + 1]);
      if (l < weights.length - 1) {
        kernels.relu(values[l + 1], 0, rows * out);
      }
    }
    return values[weights.length];
  }

  /** Forward, and all gradients of the loss; returns the loss. */
  double step(int rows, Loss loss) {
    float[] outputs = forward(rows);
    int last = weights.length;
    System.arraycopy(outputs, 0, deltas[last], 0, rows * pitches[last]);
    double mean = loss.apply(deltas[last], pitches[last], rows);
    for (int l = last - 1; l >= 0; l--) {
      int out = pitches[l + 1];
      transpose(values[l], rows, sizes[l], pitches[l], Kernels.pitch(batch));
      product(
          sizes[l],
          rows,
          out,
          transposed,
          Kernels.pitch(batch),
          deltas[l + 1],
          zeros,
          weightGradients[l]);
      sumRows(deltas[l + 1], rows, out, biasGradients[l]);
      if (l > 0) {
        transpose(weights[l], sizes[l], sizes[l + 1], out, pitches[l]);
        product(rows, sizes[l + 1], pitches[l], deltas[l + 1], out, transposed, zeros, deltas[l]);
        for (int i = 0; i < rows * pitches[l]; i++) {
          deltas[l][i] = values[l][i] > 0 ? deltas[l][i] : 0;
        }
      }
    }
    return mean;
  }

  /** c [rows][columns] = bias + a [rows][inner] · w [inner][columns]. */
  private void product(
      int rows, int inner, int columns, float[] a, int aPitch, float[] w, float[] bias, float[] c) {
    kernels.affine(rows, inner, columns, a, 0, aPitch, w, 0, columns, bias, 0, c, 0, columns);
  }

  /** Into {@link #transposed}, rows of {@code pitch}, whose rest is 0. */
  private void transpose(float[] from, int rows, int columns, int fromPitch, int pitch) {
    Arrays.fill(transposed, 0, columns * pitch, 0);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        transposed[c * pitch + r] = from[r * fromPitch + c];
      }
    }
  }

  private static void sumRows(float[] from, int rows, int pitch, float[] to) {
    Arrays.fill(to, 0);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < pitch; c++) {
        to[c] += from[r * pitch + c];
      }
    }
  }
}
