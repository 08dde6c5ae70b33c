package io.freshet.learning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankingQualityTest {

  private static final Offset<Double> CLOSE = within(1e-12);

  private static RankingQuality of(double[] scores, int... grades) {
    RankingQuality quality = new RankingQuality();
    quality.add(scores, grades);
    return quality;
  }

  @Test
  void theFiguresAreThoseOfTheFormulas() {
    RankingQuality quality = of(new double[] {0.1, 0.9, 0.5}, 3, 0, 1);
    double found = 0 + 1 / (Math.log(3) / Math.log(2)) + 7 / 2.0;
    double ideal = 7 + 1 / (Math.log(3) / Math.log(2));
    assertThat(quality.ndcg10()).isCloseTo(found / ideal, CLOSE);
    assertThat(quality.mrr10()).isCloseTo(0.5, CLOSE);
    assertThat(of(new double[] {3, 2, 1}, 2, 1, 0).ndcg10()).isCloseTo(1.0, CLOSE);
  }

  @Test
  void aListWithoutAnythingRelevantDoesNotCount() {
    RankingQuality quality = of(new double[] {1, 2}, 0, 0);
    assertThat(quality.lists()).isZero();
    assertThat(quality.ndcg10()).isNull();
    assertThat(quality.mrr10()).isNull();
    quality.add(new double[] {}, new int[] {});
    assertThat(quality.lists()).isZero();
  }

  @Test
  void whatStandsBelowRankTenEarnsNothing() {
    double[] scores = new double[12];
    int[] grades = new int[12];
    Arrays.setAll(scores, i -> -i);
    grades[10] = 1;
    assertThat(of(scores, grades).ndcg10()).isZero();
    assertThat(of(scores, grades).mrr10()).isZero();
  }

  /** Against the mean over every order of the tied, made by permuting. */
  @Test
  void tiesCountByTheMeanOverAllTheirOrders() {
    Random random = new Random(5);
    for (int run = 0; run < 50; run++) {
      int size = 2 + random.nextInt(5);
      double[] scores = random.ints(size, 0, 3).asDoubleStream().toArray();
      int[] grades = random.ints(size, 0, 3).toArray();
      List<int[]> orders = new ArrayList<>();
      permute(new int[size], 0, new boolean[size], orders);
      double ndcg = 0;
      double mrr = 0;
      int fitting = 0;
      for (int[] order : orders) {
        boolean fits = true;
        for (int i = 1; i < size; i++) {
          fits &= scores[order[i - 1]] >= scores[order[i]];
        }
        if (fits) {
          double[] strict = new double[size];
          for (int i = 0; i < size; i++) {
            strict[order[i]] = -i;
          }
          RankingQuality one = of(strict, grades);
          ndcg += orNothing(one.ndcg10());
          mrr += orNothing(one.mrr10());
          fitting++;
        }
      }
      RankingQuality tied = of(scores, grades);
      if (tied.lists() > 0) {
        assertThat(tied.ndcg10()).isCloseTo(ndcg / fitting, within(1e-9));
        assertThat(tied.mrr10()).isCloseTo(mrr / fitting, within(1e-9));
      }
    }
  }

  private static double orNothing(@Nullable Double figure) {
    return figure == null ? 0 : figure;
  }

  private static void permute(int[] order, int at, boolean[] used, List<int[]> orders) {
    if (at == order.length) {
      orders.add(order.clone());
      return;
    }
    for (int i = 0; i < order.length; i++) {
      if (!used[i]) {
        used[i] = true;
        order[at] = i;
        permute(order, at + 1, used, orders);
        used[i] = false;
      }
    }
  }

  @Test
  void scoresAndGradesMustBeAsMany() {
    assertThatThrownBy(() -> of(new double[] {1}, 1, 2)).hasMessageContaining("got 1 and 2");
  }
}
