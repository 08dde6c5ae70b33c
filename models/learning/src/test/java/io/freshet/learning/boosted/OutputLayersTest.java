package io.freshet.learning.boosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestModel;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputLayersTest {

  private static final int BLOCKS = 2;
  private static final int UNITS = 3;
  private static final int PITCH = 16;
  private static final int SIZE = 20;
  private static final double HALF_LIFE = 4;

  private static final BoostedShape SHAPE =
      new BoostedShape(
          TestModel.of("boosted-mlp")
              .boosting(
                  new Boosting(
                      BLOCKS,
                      UNITS,
                      Sums.NEWTON,
                      Outputs.NEWTON,
                      0,
                      0.5,
                      1,
                      HALF_LIFE,
                      0,
                      0,
                      List.of(1.0)))
              .build());

  /** What they must solve is written out here, entry by entry, in another order. */
  @ParameterizedTest
  @EnumSource(BlockLoss.class)
  void outputWeightsSolveTheFadedWeightedLeastSquaresOfWhatIsLeft(BlockLoss loss) {
    OutputLayers layers = new OutputLayers(SHAPE, loss);
    Random random = new Random(3);
    int n = UNITS + 1;
    double[][][] left = new double[BLOCKS][n][n];
    double[][] right = new double[BLOCKS][n];
    int batches = 5;
    for (int b = 0; b < batches; b++) {
      PackedBatch batch = batch(random, loss);
      BlockStep step = step(random);
      layers.learn(batch, step);
      double fade = Math.pow(2, -(batches - 1 - b) / HALF_LIFE);
      for (int t = 0; t < BLOCKS; t++) {
        for (int e = 0; e < SIZE; e++) {
          double score = step.base()[e] + step.sums()[e * (BLOCKS + 1) + t];
          double p = loss == BlockLoss.SQUARED ? score : 1 / (1 + Math.exp(-score));
          double h = loss == BlockLoss.SQUARED ? 1 : p * (1 - p);
          double w = fade * batch.weights()[e];
          for (int i = 0; i < n; i++) {
            right[t][i] += w * (batch.labels()[e] - p) * z(step, e, t, i);
            for (int j = 0; j < n; j++) {
              left[t][i][j] += w * h * z(step, e, t, i) * z(step, e, t, j);
            }
          }
        }
      }
    }
    float[] weights = new float[BLOCKS * UNITS];
    float[] biases = new float[BLOCKS];
    layers.apply(weights, biases);
    for (int t = 0; t < BLOCKS; t++) {
      for (int i = 0; i < n; i++) {
        double solution = i < UNITS ? weights[t * UNITS + i] : biases[t];
        double sum = solution;
        for (int j = 0; j < n; j++) {
          sum += left[t][i][j] * (j < UNITS ? weights[t * UNITS + j] : biases[t]);
        }
        assertThat(sum).as("block %d, equation %d", t, i).isCloseTo(right[t][i], within(1e-4));
      }
    }

    layers.restart(1);
    float[] first = weights.clone();
    layers.apply(weights, biases);
    assertThat(weights).startsWith(first[0], first[1], first[2]).endsWith(0, 0, 0);
    assertThat(biases[1]).isZero();
  }

  private static double z(BlockStep step, int e, int t, int i) {
    return i < UNITS ? step.hidden()[e * PITCH + t * UNITS + i] : 1;
  }

  private static PackedBatch batch(Random random, BlockLoss loss) {
    float[] labels = new float[SIZE];
    float[] weights = new float[SIZE];
    for (int e = 0; e < SIZE; e++) {
      labels[e] = loss == BlockLoss.SQUARED ? (float) random.nextGaussian() : random.nextInt(2);
      weights[e] = random.nextFloat();
    }
    int[][] none = new int[0][];
    return new PackedBatch(
        SIZE,
        labels,
        weights,
        new float[0],
        new float[0][],
        none,
        none,
        none,
        none,
        none,
        none,
        new int[0][][]);
  }

  private static BlockStep step(Random random) {
    CtrStep result = new CtrStep(new float[SIZE], 0, Map.of(), new float[0][], Map.of());
    return new BlockStep(
        result,
        floats(random, SIZE),
        floats(random, SIZE * BLOCKS),
        floats(random, SIZE * (BLOCKS + 1)),
        floats(random, SIZE * PITCH),
        PITCH);
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }
}
