package io.freshet.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.compare.PromotionWatch.Promotion;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PromotionWatchTest {

  private static final int USERS = 30;
  private static final long BLOCK = 1_000;

  private final PromotionWatch watch = new PromotionWatch("old", BLOCK, 0.95, 4 * BLOCK);
  private final List<Promotion> promotions = new ArrayList<>();

  /** A block of negatives, which the model gives {@code prediction} and some noise. */
  private static Evaluation block(String model, int block, double prediction) {
    Random random = new Random(31L * block + model.hashCode());
    List<EvaluationRow> rows = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      long time = BLOCK * block + i;
      float noisy = (float) (prediction + 0.01 * random.nextDouble());
      rows.add(
          EvaluationRow.newBuilder()
              .setExampleId("e" + block + "." + i)
              .setItemId("i")
              .setUserId("u" + i)
              .setImpressionTime(time)
              .setReadyTime(time)
              .setLabel(0)
              .setPrediction(noisy)
              .setRaw(noisy)
              .setPredictionAtTraining(noisy)
              .build());
    }
    return new Evaluation(model, "base", 1L, (long) block, rows);
  }

  private void take(String model, int from, int to, double prediction) {
    for (int block = from; block < to; block++) {
      Promotion promotion = watch.take(block(model, block, prediction));
      if (promotion != null) {
        promotions.add(promotion);
      }
    }
  }

  @Test
  void theFirstThatIsBetterForTheWholeHorizonTakesThePlace() {
    watch.act();
    take("old", 0, 30, 0.3);
    take("worse", 0, 30, 0.4);
    assertThat(promotions).isEmpty();
    take("better", 0, 30, 0.2);
    assertThat(promotions).hasSize(1);
    assertThat(promotions.get(0).from()).isEqualTo("old");
    assertThat(promotions.get(0).to()).isEqualTo("better");
    // Ten blocks until there is an interval at all, then the horizon.
    assertThat(promotions.get(0).standing().blocks()).isEqualTo(14);
    assertThat(promotions.get(0).standing().low()).isPositive();
    assertThat(watch.champion()).isEqualTo("better");
  }

  @Test
  void itDoesNotMatterWhoseWordComesFirst() {
    watch.act();
    take("better", 0, 30, 0.2);
    assertThat(promotions).isEmpty();
    take("old", 0, 30, 0.3);
    assertThat(promotions).hasSize(1);
    assertThat(promotions.get(0).standing().blocks()).isEqualTo(14);
  }

  @Test
  void examplesThatOneOfThemNeverSawAreNoEvidence() {
    watch.act();
    for (int block = 0; block < 60; block++) {
      take(block % 2 == 0 ? "better" : "old", block, block + 1, 0.2);
    }
    assertThat(promotions).isEmpty();
  }

  @Test
  void thePastIsEvidenceButTheHorizonBeginsNow() {
    take("old", 0, 40, 0.3);
    take("better", 0, 40, 0.2);
    assertThat(promotions).isEmpty();
    watch.act();
    take("old", 40, 50, 0.3);
    take("better", 40, 50, 0.2);
    assertThat(promotions).hasSize(1);
    assertThat(promotions.get(0).standing().blocks()).isEqualTo(44);
  }

  @Test
  void whatARestartedLearnerSaysAgainCountsOnce() {
    watch.act();
    take("old", 0, 30, 0.3);
    take("better", 0, 8, 0.2);
    take("better", 3, 8, 0.2);
    take("better", 8, 30, 0.2);
    assertThat(promotions).hasSize(1);
    assertThat(promotions.get(0).standing().rows()).isEqualTo(14L * USERS);
  }

  @Test
  void afterAChangeAllIsComparedAnewWithTheNewChampion() {
    watch.act();
    take("old", 0, 30, 0.3);
    take("better", 0, 30, 0.2);
    take("old", 30, 60, 0.1);
    assertThat(promotions).hasSize(1);
    take("better", 30, 60, 0.2);
    assertThat(promotions).extracting(Promotion::to).containsExactly("better", "old");

    watch.crown("third");
    assertThat(watch.champion()).isEqualTo("third");
  }

  @Test
  void referencesAreNeverPromoted() {
    watch.act();
    take("old", 0, 30, 0.3);
    for (int block = 0; block < 30; block++) {
      List<EvaluationRow> rows = block("prior", block, 0.1).getRows();
      assertThat(watch.take(new Evaluation("prior", "reference", 1L, (long) block, rows))).isNull();
    }
  }
}
