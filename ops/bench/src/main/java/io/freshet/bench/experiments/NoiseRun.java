package io.freshet.bench.experiments;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.scoring.settings.ModelSettings.Noise;
import java.util.Arrays;

/**
 * One training of the deep network of arXiv 1511.06807, section 4.1: {@value #DEPTH} hidden layers
 * of {@value #WIDTH} ReLU units, softmax, plain gradient descent at a fixed rate, with or without
 * gradient noise.
 */
final class NoiseRun {

  static final int DEPTH = 20;
  static final int WIDTH = 50;
  static final int CLASSES = 10;

  /** What the weights start from; biases start from 0. */
  enum Start {
    /** N(0, 2/in), He et al. 2015. */
    GOOD,
    /** N(0, 0.1²). */
    SIMPLE,
    ZERO
  }

  /** The length and the rates of a training. */
  record Plan(int steps, int batch, double rate, double clip, double eta) {}

  private final Plan plan;
  private final Network network;
  private final Images images;
  private final int[] labels;

  NoiseRun(Plan plan, Images images, Start start, long seed) {
    this.plan = plan;
    this.images = images;
    int[] sizes = new int[DEPTH + 2];
    Arrays.fill(sizes, WIDTH);
    sizes[0] = images.pixels()[0].length;
    sizes[DEPTH + 1] = CLASSES;
    this.network = new Network(sizes, plan.batch());
    this.labels = new int[plan.batch()];
    for (int l = 0; l < network.layers(); l++) {
      long key = HashedNormal.key(HashedNormal.key(seed, "start"), l);
      switch (start) {
        case GOOD -> network.draw(l, Math.sqrt(2.0 / network.inputs(l)), key);
        case SIMPLE -> network.draw(l, 0.1, key);
        case ZERO -> {}
      }
    }
  }

  /** Trains, on images drawn with replacement. */
  void train(long seed, boolean noisy) {
    GradientNoise noise =
        new GradientNoise(new Noise(noisy ? plan.eta() : 0, 0.55, 0, Integer.MAX_VALUE), seed);
    SoftmaxLoss loss = new SoftmaxLoss(CLASSES, labels);
    long key = HashedNormal.key(seed, "images");
    float[][] gradients = new float[2 * network.layers()][];
    for (int l = 0; l < network.layers(); l++) {
      gradients[2 * l] = network.weightGradients(l);
      gradients[2 * l + 1] = network.biasGradients(l);
    }
    for (int step = 1; step <= plan.steps(); step++) {
      long ofStep = HashedNormal.key(key, step);
      for (int r = 0; r < plan.batch(); r++) {
        int image = (int) (HashedNormal.uniform(ofStep, r) * images.count());
        float[] pixels = images.pixels()[image];
        System.arraycopy(pixels, 0, network.input(), r * network.pitch(0), pixels.length);
        labels[r] = images.labels()[image];
      }
      double mean = network.step(plan.batch(), loss);
      if (!Double.isFinite(mean)) {
        return;
      }
      float scale = clip(gradients);
      for (int l = 0; l < network.layers(); l++) {
        update(network.weights(l), gradients[2 * l], scale, noise, "w" + l, step, l);
        update(network.biases(l), gradients[2 * l + 1], scale, noise, "b" + l, step, l);
      }
      noise.learn(mean);
    }
  }

  /** The share of images whose digit is the largest output. */
  double accuracy(Images test) {
    int right = 0;
    int at = 0;
    while (at < test.count()) {
      int rows = Math.min(plan.batch(), test.count() - at);
      for (int r = 0; r < rows; r++) {
        float[] pixels = test.pixels()[at + r];
        System.arraycopy(pixels, 0, network.input(), r * network.pitch(0), pixels.length);
      }
      float[] outputs = network.forward(rows);
      int pitch = network.pitch(network.layers());
      for (int r = 0; r < rows; r++) {
        int best = 0;
        for (int k = 1; k < CLASSES; k++) {
          best = outputs[r * pitch + k] > outputs[r * pitch + best] ? k : best;
        }
        right += best == test.labels()[at + r] ? 1 : 0;
      }
      at += rows;
    }
    return (double) right / test.count();
  }

  /** The largest magnitude among the weights that enter hidden layers. */
  float largestHiddenWeight() {
    float largest = 0;
    for (int l = 0; l < DEPTH; l++) {
      for (float weight : network.weights(l)) {
        largest = Math.max(largest, Math.abs(weight));
      }
    }
    return largest;
  }

  private void update(
      float[] values,
      float[] gradient,
      float scale,
      GradientNoise noise,
      String name,
      int step,
      int layer) {
    if (scale < 1) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= scale;
      }
    }
    noise.addTo(name, step, gradient);
    float rate = (float) plan.rate();
    int pitch = network.pitch(layer + 1);
    int columns = network.outputs(layer);
    for (int row = 0; row < values.length; row += pitch) {
      for (int i = row; i < row + columns; i++) {
        values[i] -= rate * gradient[i];
      }
    }
  }

  private float clip(float[][] gradients) {
    double squares = 0;
    for (float[] gradient : gradients) {
      double sum = 0;
      for (float g : gradient) {
        sum += (double) g * g;
      }
      squares += sum;
    }
    return (float) Math.min(1, plan.clip() / Math.sqrt(squares));
  }
}
