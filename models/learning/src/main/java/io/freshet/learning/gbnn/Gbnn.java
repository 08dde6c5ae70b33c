package io.freshet.learning.gbnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A gradient-boosted neural network: F(x) = F₀ + Σ_t ρ_t·f_t(x), every f_t a small network (Emami
 * and Martínez-Muñoz, arXiv 1909.12098).
 *
 * @param start [outputs] F₀
 * @param steps [blocks] ρ
 */
public record Gbnn(Task task, double[] start, List<Block> blocks, double[] steps) {

  public Gbnn {
    blocks = List.copyOf(blocks);
  }

  /** Scores F [outputs][rows] by all blocks. */
  public double[][] scores(Columns inputs) {
    return scores(inputs, blocks.size());
  }

  /** Scores F [outputs][rows] with only the first {@code count} blocks switched on. */
  public double[][] scores(Columns inputs, int count) {
    double[][] scores = new double[start.length][inputs.rows()];
    for (int k = 0; k < start.length; k++) {
      Arrays.fill(scores[k], start[k]);
    }
    for (int t = 0; t < count; t++) {
      double[][] f = blocks.get(t).outputs(inputs);
      for (int k = 0; k < start.length; k++) {
        Block.addScaled(steps[t], f[k], scores[k]);
      }
    }
    return scores;
  }

  /**
   * Predictions of scores: [1][rows] values, [1][rows] probabilities of class 1, or [classes][rows]
   * probabilities.
   */
  public double[][] predictions(double[][] scores) {
    double[][] predictions = new double[scores.length][];
    for (int k = 0; k < scores.length; k++) {
      predictions[k] = scores[k].clone();
    }
    for (int r = 0; r < scores[0].length; r++) {
      if (task == Task.BINARY) {
        predictions[0][r] = 1 / (1 + StrictMath.exp(-2 * scores[0][r]));
      } else if (task == Task.MULTI_CLASS) {
        double[] p = Task.softmax(scores, r);
        for (int k = 0; k < p.length; k++) {
          predictions[k][r] = p[k];
        }
      }
    }
    return predictions;
  }

  /** The first {@code count} blocks as one network with the same scores. */
  public Block merged(int count) {
    List<double[]> weights = new ArrayList<>();
    List<double[]> out = new ArrayList<>();
    int units = blocks.stream().limit(count).mapToInt(Block::units).sum();
    double[] biases = new double[units];
    double[] outBiases = start.clone();
    int at = 0;
    for (int t = 0; t < count; t++) {
      Block block = blocks.get(t);
      double step = steps[t];
      for (int u = 0; u < block.units(); u++) {
        weights.add(block.weights()[u].clone());
        biases[at++] = block.biases()[u];
        out.add(Arrays.stream(block.out()[u]).map(v -> step * v).toArray());
      }
      Block.addScaled(step, block.outBiases(), outBiases);
    }
    return new Block(
        weights.toArray(double[][]::new), biases, out.toArray(double[][]::new), outBiases);
  }
}
