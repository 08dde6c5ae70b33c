package io.freshet.bench.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class NetworkTest {

  private static final int ROWS = 5;

  private static Network network(Random random) {
    Network network = new Network(new int[] {3, 6, 5, 4}, 8);
    for (int l = 0; l < 3; l++) {
      network.draw(l, 0.7, 10 + l);
      for (int u = 0; u < network.outputs(l); u++) {
        network.biases(l)[u] = 0.3f * (float) random.nextGaussian();
      }
    }
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < 3; i++) {
        network.input()[r * network.pitch(0) + i] = (float) random.nextGaussian();
      }
    }
    return network;
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Network network = network(new Random(1));
    SoftmaxLoss loss = new SoftmaxLoss(4, new int[] {0, 1, 2, 3, 1});
    network.step(ROWS, loss);
    float[][] gradients = new float[6][];
    for (int l = 0; l < 3; l++) {
      gradients[2 * l] = network.weightGradients(l).clone();
      gradients[2 * l + 1] = network.biasGradients(l).clone();
    }
    for (int l = 0; l < 3; l++) {
      int pitch = network.pitch(l + 1);
      for (int u = 0; u < network.outputs(l); u++) {
        for (int i = 0; i < network.inputs(l); i++) {
          check(network, loss, network.weights(l), i * pitch + u, gradients[2 * l][i * pitch + u]);
        }
        check(network, loss, network.biases(l), u, gradients[2 * l + 1][u]);
      }
    }
  }

  private static void check(
      Network network, SoftmaxLoss loss, float[] values, int at, float gradient) {
    float kept = values[at];
    values[at] = kept + 4e-3f;
    double above = network.step(ROWS, loss);
    values[at] = kept - 4e-3f;
    double below = network.step(ROWS, loss);
    values[at] = kept;
    assertThat((double) gradient).isCloseTo((above - below) / 8e-3, within(5e-3));
  }

  @Test
  void outputsAreTheSumsOfTheirDefinition() {
    Network network = network(new Random(2));
    double[] x = new double[3];
    for (int i = 0; i < 3; i++) {
      x[i] = network.input()[i];
    }
    for (int l = 0; l < 3; l++) {
      double[] next = new double[network.outputs(l)];
      for (int u = 0; u < next.length; u++) {
        next[u] = network.biases(l)[u];
        for (int i = 0; i < x.length; i++) {
          next[u] += x[i] * network.weights(l)[i * network.pitch(l + 1) + u];
        }
        next[u] = l < 2 ? Math.max(0, next[u]) : next[u];
      }
      x = next;
    }
    float[] outputs = network.forward(ROWS);
    for (int k = 0; k < 4; k++) {
      assertThat((double) outputs[k]).isCloseTo(x[k], within(1e-5));
    }
  }
}
