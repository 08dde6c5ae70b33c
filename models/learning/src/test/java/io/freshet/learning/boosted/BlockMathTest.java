package io.freshet.learning.boosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestModel;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.engine.RandomBatch;
import io.freshet.scoring.boosted.BoostedShape;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockMathTest {

  private static final List<String> OWN =
      List.of("boost.W", "boost.b", "boost.out.W", "boost.out.b");
  private static final int BLOCKS = 5;
  private static final int UNITS = 3;

  private static BoostedShape shape(Sums sums, double subsample) {
    return new BoostedShape(
        TestModel.of("boosted-mlp")
            .boosting(
                new Boosting(
                    BLOCKS,
                    UNITS,
                    sums,
                    Outputs.GRADIENT,
                    0,
                    0.5,
                    subsample,
                    20,
                    0,
                    0,
                    List.of(1.0)))
            .build());
  }

  private static BlockMath math(BoostedShape shape) {
    return new BlockMath(shape, BlockLoss.LOGISTIC, Kernels.best(), 1);
  }

  @ParameterizedTest
  @CsvSource({"NEWTON,LOGISTIC", "DAMPED,LOGISTIC", "NEWTON,SQUARED", "DAMPED,SQUARED"})
  void everyBlockLearnsByItsOwnObjectiveAndTheRestByTheWholeSums(Sums sums, BlockLoss loss) {
    BoostedShape shape = shape(sums, 1);
    RandomBatch random = new RandomBatch(shape.network(), 11);
    Map<String, Tensor> tensors = random.tensors();
    // Beyond the limit, on either side.
    data(tensors, "boost.out.b")[1] = 20;
    data(tensors, "boost.out.b")[3] = -20;
    PackedBatch batch = random.batch(6);
    boolean values = loss == BlockLoss.SQUARED;
    ReferenceBlocks reference = new ReferenceBlocks(shape, values, arrays(tensors), batch);

    BlockStep step = new BlockMath(shape, loss, Kernels.best(), 1).step(tensors, batch, 1);

    assertClose("logits", step.result().logits(), reference.logits());
    assertThat(step.result().loss()).isCloseTo(reference.loss(), within(1e-5));
    for (String tensor : OWN) {
      assertClose(tensor, step.result().gradient(tensor), reference.ownGradient(tensor));
    }
    assertClose("skip.W", step.result().gradient("skip.W"), reference.gradient("skip.W"));
    for (int t = 0; t < batch.rows().length; t++) {
      assertClose("rows of table " + t, step.result().rows()[t], reference.rowGradient(t));
    }
  }

  @Test
  void aBlockLearnsWhatThoseBeforeItLeaveWhateverComesAfter() {
    BoostedShape shape = shape(Sums.NEWTON, 1);
    RandomBatch random = new RandomBatch(shape.network(), 5);
    Map<String, Tensor> tensors = random.tensors();
    PackedBatch batch = random.batch(8);
    float[] before = math(shape).step(tensors, batch, 1).result().gradient("boost.out.b");
    data(tensors, "boost.out.b")[2] += 0.5f;

    float[] after = math(shape).step(tensors, batch, 1).result().gradient("boost.out.b");

    assertThat(Arrays.copyOf(after, 2)).isEqualTo(Arrays.copyOf(before, 2));
    for (int t = 2; t < BLOCKS; t++) {
      assertThat(after[t]).as("block %d", t).isNotEqualTo(before[t]);
    }
  }

  @Test
  void subsamplesAreDrawnForEveryBlockAndStepAndAreTheSameWheneverDrawn() {
    BoostedShape shape = shape(Sums.NEWTON, 0.25);
    RandomBatch random = new RandomBatch(shape.network(), 6);
    Map<String, Tensor> tensors = random.tensors();
    Arrays.fill(data(tensors, "boost.steps"), 0);
    for (int t = 1; t < BLOCKS; t++) {
      // Equal blocks on equal sums would learn the same from the same examples.
      copyBlock(tensors, t);
    }
    PackedBatch batch = random.batch(400);

    float[] once = math(shape).step(tensors, batch, 3).result().gradient("boost.out.b");
    float[] again = math(shape).step(tensors, batch, 3).result().gradient("boost.out.b");
    float[] later = math(shape).step(tensors, batch, 4).result().gradient("boost.out.b");

    assertThat(again).isEqualTo(once);
    assertThat(later[0]).isNotEqualTo(once[0]);
    assertThat(once[1]).isNotEqualTo(once[0]);
    float whole =
        math(shape(Sums.NEWTON, 1)).step(tensors, batch, 3).result().gradient("boost.out.b")[0];
    for (float drawn : once) {
      assertThat(drawn).as("an estimate of the whole's").isCloseTo(whole, within(0.1f));
    }
  }

  private static void copyBlock(Map<String, Tensor> tensors, int t) {
    for (String name : OWN) {
      float[] data = data(tensors, name);
      int columns = name.equals("boost.out.b") ? BLOCKS : BLOCKS * UNITS;
      int width = columns / BLOCKS;
      for (int row = 0; row * columns < data.length; row++) {
        System.arraycopy(data, row * columns, data, row * columns + t * width, width);
      }
    }
  }

  @Test
  void bothKernelsGiveTheSameBits() {
    BoostedShape shape = shape(Sums.DAMPED, 0.5);
    RandomBatch random = new RandomBatch(shape.network(), 7);
    Map<String, Tensor> tensors = random.tensors();
    PackedBatch batch = random.batch(37);
    BlockStep best = math(shape).step(tensors, batch, 1);
    BlockStep plain =
        new BlockMath(shape, BlockLoss.LOGISTIC, Kernels.plain(), 1).step(tensors, batch, 1);
    assertThat(plain.result().logits()).isEqualTo(best.result().logits());
    best.result()
        .tensors()
        .forEach((name, g) -> assertThat(plain.result().gradient(name)).as(name).isEqualTo(g));
    assertThat(plain.result().rows()).isDeepEqualTo(best.result().rows());
  }

  private static float[] data(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name)).data();
  }

  private static void assertClose(String what, float[] actual, double[] expected) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    double[] doubles = IntStream.range(0, actual.length).mapToDouble(i -> actual[i]).toArray();
    assertThat(doubles).as(what).containsExactly(expected, within(1e-4 * largest + 1e-6));
  }

  private static Map<String, float[]> arrays(Map<String, Tensor> tensors) {
    Map<String, float[]> arrays = new TreeMap<>();
    tensors.forEach((name, tensor) -> arrays.put(name, tensor.data()));
    return arrays;
  }
}
