package io.freshet.source.clicks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClickModelTest {

  private static final double[] PAGE = {0.1, 1, 0.3, 0.6, 0.1};

  static List<ClickModel> models() {
    return List.of(
        new ClickModel.PositionBased(1),
        new ClickModel.PositionBased(0),
        new ClickModel.Cascade(0.5, 0.9),
        new ClickModel.Cascade(0, 1));
  }

  /** 100,000 draws: a rate is off by more than 0.008 with a probability below 10^-6. */
  @ParameterizedTest
  @MethodSource("models")
  void drawnClicksHaveTheProbabilitiesThatAreStatedAsTheTruth(ClickModel model) {
    int[] clicks = new int[PAGE.length];
    for (int draw = 0; draw < 100_000; draw++) {
      boolean[] drawn = model.draw(PAGE, new Chance(3, draw));
      for (int i = 0; i < drawn.length; i++) {
        clicks[i] += drawn[i] ? 1 : 0;
      }
    }
    double[] truth = model.probabilities(PAGE);
    for (int i = 0; i < truth.length; i++) {
      assertThat(clicks[i] / 100_000.0).isCloseTo(truth[i], within(0.008));
    }
  }

  @Test
  void theTruthIsThatOfThePapersFormulas() {
    assertThat(new ClickModel.PositionBased(1).probabilities(PAGE))
        .containsExactly(new double[] {0.1, 0.5, 0.1, 0.15, 0.02}, within(1e-12));
    // Craswell's cascade: the first attractive item ends it.
    assertThat(new ClickModel.Cascade(0, 1).probabilities(PAGE))
        .containsExactly(new double[] {0.1, 0.9, 0, 0, 0}, within(1e-12));
  }

  @Test
  void anIrrelevantItemAttractsByNoiseAloneAndAPerfectOneAlways() {
    Grades grades = new Grades(3, 0.1);
    assertThat(grades.attraction(0)).isEqualTo(0.1);
    assertThat(grades.attraction(1)).isCloseTo(0.1 + 0.9 / 7, within(1e-12));
    assertThat(grades.attraction(3)).isEqualTo(1);
    assertThatThrownBy(() -> grades.attraction(4)).hasMessageContaining("from 0 to 3, came 4");
  }
}
