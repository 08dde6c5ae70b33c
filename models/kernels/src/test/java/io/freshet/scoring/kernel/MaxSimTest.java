package io.freshet.scoring.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MaxSimTest {

  private static float[] random(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Three plain loops that share nothing with the kernel. */
  private static float slowProduct(float[] q, int i, float[] d, int from, int j, int width) {
    float sum = 0;
    for (int k = 0; k < width; k++) {
      sum = Math.fma(d[from + j * width + k], q[i * width + k], sum);
    }
    return sum;
  }

  @Test
  void bestMatchOfEveryQueryVectorIsThatOfASlowSearchBitByBitWhateverTheKernels() {
    Random random = new Random(1);
    for (int width : new int[] {1, 16, 24, 64, 128}) {
      for (int rows : new int[] {1, 5, 16, 32, 33}) {
        for (int tokens : new int[] {1, 3, 63, 64, 65, 180}) {
          float[] query = random(random, rows * width);
          float[] documents = random(random, 7 + tokens * width);
          for (Kernels kernels : new Kernels[] {Kernels.plain(), Kernels.best()}) {
            MaxSim maxSim = new MaxSim(kernels);
            maxSim.query(query, 0, rows, width);
            float[] best = new float[rows + 2];
            float[] again = new float[rows + 2];
            int[] where = new int[rows + 2];
            maxSim.best(documents, 7, tokens, best, 2);
            maxSim.matches(documents, 7, tokens, again, where, 2);
            assertThat(again).isEqualTo(best);
            for (int i = 0; i < rows; i++) {
              int first = 0;
              for (int j = 1; j < tokens; j++) {
                if (slowProduct(query, i, documents, 7, j, width)
                    > slowProduct(query, i, documents, 7, first, width)) {
                  first = j;
                }
              }
              assertThat(where[2 + i]).isEqualTo(first);
              assertThat(best[2 + i]).isEqualTo(slowProduct(query, i, documents, 7, first, width));
            }
          }
        }
      }
    }
  }

  @Test
  void documentWithoutVectorsMatchesNothing() {
    MaxSim maxSim = new MaxSim(Kernels.best());
    maxSim.query(new float[] {1, 0, 0, 1}, 0, 2, 2);
    float[] best = {5, 5};
    int[] where = {5, 5};

    maxSim.best(new float[0], 0, 0, best, 0);
    assertThat(best).containsExactly(0, 0);
    maxSim.matches(new float[0], 0, 0, best, where, 0);
    assertThat(where).containsExactly(-1, -1);
  }

  @Test
  void queryOfOtherSizeReplacesTheOneBefore() {
    MaxSim maxSim = new MaxSim(Kernels.best());
    float[] best = new float[1];
    maxSim.query(new float[] {9, 9, 9, 9, 9, 9}, 0, 3, 2);
    maxSim.query(new float[] {0, 1}, 0, 1, 2);

    maxSim.best(new float[] {3, 4, 8, -1}, 0, 2, best, 0);

    assertThat(best).containsExactly(4);
  }
}
