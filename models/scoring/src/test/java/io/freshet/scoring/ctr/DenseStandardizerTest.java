package io.freshet.scoring.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Use;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DenseStandardizerTest {

  private static final int SIZE = 5;

  private final DenseStandardizer standardizer = new DenseStandardizer(shape());
  private final float[] mean = {1, 99, 0, 99, 0};
  private final float[] variance = {4, 99, 1, 99, 1e-12f};

  private static CtrShape shape() {
    ModelSettings settings =
        Networks.settings(
            List.of(
                Networks.feature("item", "item.id", Use.ID, 4),
                Networks.feature("price", "item.price", Use.NUMBER, 1),
                Networks.feature("stock", "item.stock", Use.NUMBER, 1)),
            List.of(new History("clicked", List.of("item"), List.of("click"), 50)),
            new Attention(List.of(4), Activation.DICE, Normalize.SOFTMAX),
            new Network(List.of(8), Activation.DICE, true));
    return new CtrShape(settings, FeatureLayout.of(settings), Pooling.MEAN);
  }

  private float[] dense(float price, float stock, int clicks) {
    EncodedExample example =
        new EncodedExample(
            new long[] {5},
            new long[0][],
            new long[0],
            new long[0],
            new float[] {price, stock},
            new long[0],
            new long[][][] {{new long[clicks]}},
            0);
    float[] dense = new float[SIZE];
    standardizer.raw(example, new float[0], dense, 0);
    return dense;
  }

  private float[] standardized(float[] raw) {
    standardizer.standardize(raw, 0, mean, variance);
    return raw;
  }

  @Test
  void numbersAreScaledByTheirStatistics() {
    float[] z = standardized(dense(4f, -0.25f, 0));
    assertThat(z[0]).isCloseTo(1.5f, within(1e-6f));
    assertThat(z[1]).isZero();
    assertThat(z[2]).isCloseTo(-0.25f, within(1e-6f));
    assertThat(z[4]).isZero();
  }

  @Test
  void aMissingNumberIsZeroWithItsIndicatorSet() {
    float[] raw = dense(Float.NaN, 2f, 0);
    assertThat(raw[0]).isNaN();
    assertThat(raw[1]).isEqualTo(1f);
    float[] z = standardized(raw);
    assertThat(z[0]).isZero();
    assertThat(z[1]).isEqualTo(1f);
    assertThat(z[3]).isZero();
    assertThat(standardizer.indicator(1)).isTrue();
    assertThat(standardizer.indicator(3)).isTrue();
    assertThat(standardizer.indicator(0)).isFalse();
    assertThat(standardizer.indicator(4)).isFalse();
  }

  @Test
  void extremesAreCutAtFive() {
    float[] z = standardized(dense(1e30f, -1e30f, 7));
    assertThat(z[0]).isEqualTo(5f);
    assertThat(z[2]).isEqualTo(-5f);
    assertThat(z[4]).as("no variance at all").isEqualTo(5f);
    assertThat(standardized(dense(Float.POSITIVE_INFINITY, 0, 0))[0]).isEqualTo(5f);
  }

  @Test
  void aHistorysLengthEntersByItsLogarithm() {
    assertThat((double) dense(0, 0, 7)[4]).isCloseTo(Math.log(8), within(1e-6));
  }

  @Test
  void damagedStatisticsStayVisible() {
    mean[0] = Float.NaN;
    assertThat(standardized(dense(4f, 1f, 0))[0]).isNaN();
  }
}
