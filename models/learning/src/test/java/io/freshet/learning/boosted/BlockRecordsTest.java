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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockRecordsTest {

  private static final double HALF_LIFE = 10;

  /** Two blocks; retirement every 5 steps of blocks of 3 steps and more. */
  private static BlockRecords records(Sums sums) {
    return new BlockRecords(
        new BoostedShape(
            TestModel.of("boosted-mlp")
                .boosting(
                    new Boosting(
                        2, 1, sums, Outputs.GRADIENT, 0, 0.5, 1, HALF_LIFE, 5, 3, List.of(1.0)))
                .build()),
        BlockLoss.LOGISTIC);
  }

  private static PackedBatch batch(float... labels) {
    float[] weights = new float[labels.length];
    java.util.Arrays.fill(weights, 1);
    int[][] none = new int[0][];
    return new PackedBatch(
        labels.length,
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

  /** The same outputs and sums for every example. */
  private static BlockStep step(int size, float first, float second, float... sums) {
    float[] outputs = new float[2 * size];
    float[] all = new float[3 * size];
    for (int e = 0; e < size; e++) {
      outputs[2 * e] = first;
      outputs[2 * e + 1] = second;
      System.arraycopy(sums, 0, all, 3 * e, 3);
    }
    CtrStep result = new CtrStep(new float[size], 0, Map.of(), new float[0][], Map.of());
    return new BlockStep(result, new float[size], outputs, all, new float[0], 0);
  }

  @Test
  void aStepIsNewtonsFromFadingSumsShrunken() {
    BlockRecords records = records(Sums.NEWTON);
    assertThat(records.step(0)).as("a new block is silent").isZero();
    double fade = Math.pow(2, -1 / HALF_LIFE);
    double numerator = 0;
    double denominator = 0;
    for (int n = 0; n < 30; n++) {
      // Of four examples three are positive, before the first block p = 1/2.
      records.learn(batch(1, 1, 1, 0), step(4, 0.6f, 0, 0, 0.3f, 0.3f));
      numerator = fade * numerator + 0.6 * (1.5 - 0.5);
      denominator = fade * denominator + 4 * 0.25 * 0.36;
    }
    double newton = numerator / (denominator + 1);
    assertThat(newton).isBetween(0.5, 2.0);
    assertThat((double) records.step(0)).isCloseTo(0.5 * newton, within(1e-5));
  }

  @Test
  void noStepIsNegativeOrWild() {
    BlockRecords harmful = records(Sums.NEWTON);
    BlockRecords timid = records(Sums.NEWTON);
    for (int n = 0; n < 100; n++) {
      harmful.learn(batch(1, 1, 1, 0), step(4, -1, 0, 0, 0, 0));
      timid.learn(batch(1, 1, 1, 1, 1, 1, 1, 1), step(8, 0.1f, 0, 0, 0, 0));
    }
    assertThat(harmful.step(0)).isZero();
    assertThat(timid.step(0)).isEqualTo(0.5f * 2);
  }

  @Test
  void examplesThatAreAllSureLeaveAllStepsAndTheStartFinite() {
    BlockRecords records = records(Sums.NEWTON);
    for (int n = 0; n < 5_000; n++) {
      records.learn(batch(1, 1, 1, 1), step(4, 4, 4, 80, 80, 80));
    }
    assertThat(records.step(0)).isBetween(0f, 1f);
    assertThat(records.start()).isBetween(3f, 6f);
  }

  @Test
  void theStartIsTheLogOddsOfTheLabelAndFollowsThem() {
    BlockRecords records = records(Sums.NEWTON);
    for (int n = 0; n < 200; n++) {
      records.learn(batch(1, 0, 0, 0, 0, 0, 0, 0), step(8, 0, 0, 0, 0, 0));
    }
    assertThat((double) records.start()).isCloseTo(Math.log(1.0 / 7), within(0.1));
    for (int n = 0; n < 100; n++) {
      records.learn(batch(1, 1, 1, 0), step(4, 0, 0, 0, 0, 0));
    }
    assertThat((double) records.start()).isCloseTo(Math.log(3), within(0.1));
  }

  @Test
  void theBlockThatTookLeastLossAwayMakesRoomOnceItIsOldEnough() {
    BlockRecords records = records(Sums.NEWTON);
    for (int n = 1; n <= 4; n++) {
      records.learn(batch(1, 1, 1, 0), step(4, 1, 1, 0, 0.2f, 0.9f));
      assertThat(records.weakest(n)).as("step %d", n).isEqualTo(-1);
    }
    records.learn(batch(1, 1, 1, 0), step(4, 1, 1, 0, 0.2f, 0.9f));
    assertThat(records.merit(0)).isPositive().isLessThan(records.merit(1));
    assertThat(records.weakest(5)).isEqualTo(0);

    records.restart(0, 5);

    assertThat(records.step(0)).isZero();
    assertThat(records.step(1)).isPositive();
    assertThat(records.weakest(9)).as("too soon").isEqualTo(-1);
    assertThat(records.weakest(10)).as("block 0 is too young").isEqualTo(1);
  }

  /** σ_(t+1) = clip(σ_t + l′(y)·y / (B·√t)), B = 2 blocks · η 0.5 · limit 1, checked by hand. */
  @Test
  void aSumThatOvershootsIsDampedAsInTheAlgorithmWithGuarantees() {
    BlockRecords records = records(Sums.DAMPED);
    double sigma = 0;
    for (int n = 1; n <= 20; n++) {
      records.learn(batch(0, 0), step(2, 0.4f, 0.4f, 0, 0.8f, 1f));
      sigma = Math.min(1, sigma + 0.8 / (1 + Math.exp(-0.8)) / Math.sqrt(n));
      assertThat((double) records.kept(1)).isCloseTo(1 - 0.5 * sigma, within(1e-5));
    }
    assertThat(records.kept(0)).as("nothing stands before the first").isEqualTo(1);
    assertThat(IntStream.range(0, 2).mapToObj(records::step)).containsOnly(0.5f);
    for (int n = 0; n < 200; n++) {
      records.learn(batch(1, 1), step(2, 0.4f, 0.4f, 0, 0.8f, 1f));
    }
    assertThat(records.kept(1)).as("a sum that falls short is not").isEqualTo(1);
  }
}
