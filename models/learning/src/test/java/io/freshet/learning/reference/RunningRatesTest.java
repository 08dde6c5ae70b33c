package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.HistoryEntry;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The references that are rates, by hand. */
class RunningRatesTest {

  private static final EncodedExample NOTHING =
      new EncodedExample(
          new long[0],
          new long[0][],
          new long[0],
          new long[0],
          new float[0],
          new long[0],
          new long[0][][],
          0);
  private static final Offset<Float> ROUNDING = within(1e-6f);

  private final ReferenceSettings settings =
      new ReferenceSettings(GeneratedStream.layout(), 4, 1000, FtrlSettings.defaults());

  @Test
  void thePriorIsTheSmoothedBaseRate() {
    Reference prior = References.create("prior", settings);
    assertThat(predict(prior, "a", "u")).isEqualTo(0.5f);
    train(prior, "a", "u", 1);
    train(prior, "b", "u", 0);
    train(prior, "b", "v", 0);
    // (1 + 1/2) / (3 + 1)
    assertThat(predict(prior, "c", "w")).isEqualTo(0.375f);
  }

  @Test
  void aWeightCountsAsSoManyExamples() {
    Reference prior = References.create("prior", settings);
    prior.train(new long[0], 1, 2.5f, 0);
    prior.train(new long[0], 0, 0, 0);
    assertThat(predict(prior, "a", "u")).isEqualTo(3f / 3.5f, ROUNDING);
  }

  @Test
  void popularityIsTheItemsRateDrawnTowardsTheBaseRate() {
    Reference popularity = References.create("popularity", settings);
    train(popularity, "a", "u", 1);
    train(popularity, "a", "v", 1);
    train(popularity, "b", "u", 0);
    // base rate (2 + 1/2) / (3 + 1) = 0.625; a: (2 + 4·0.625) / (2 + 4); b: (0 + 4·0.625) / (1 + 4)
    assertThat(predict(popularity, "a", "u")).isEqualTo(0.75f, ROUNDING);
    assertThat(predict(popularity, "b", "u")).isEqualTo(0.5f, ROUNDING);
    assertThat(predict(popularity, "new", "u")).isEqualTo(0.625f, ROUNDING);
  }

  @Test
  void runningMeansAddItemAndUserInLogOdds() {
    Reference means = References.create("running-means", settings);
    train(means, "a", "u", 1);
    train(means, "a", "u", 1);
    train(means, "b", "v", 0);
    // odds: base 0.625/0.375 = 5/3, a and u 0.75/0.25 = 3: 3·3/(5/3) = 5.4
    assertThat(predict(means, "a", "u")).isEqualTo((float) (5.4 / 6.4), ROUNDING);
    // odds of v: 0.5/0.5 = 1: 3·1/(5/3) = 1.8
    assertThat(predict(means, "a", "v")).isEqualTo((float) (1.8 / 2.8), ROUNDING);
    assertThat(predict(means, "a", null)).isEqualTo(0.75f, ROUNDING);
  }

  @Test
  void impressionsWithoutAUserAreNoUsersRate() {
    Reference means = References.create("running-means", settings);
    train(means, "a", "u", 0);
    float before = predict(means, "b", null);
    for (int i = 0; i < 50; i++) {
      train(means, "c", null, 1);
      train(means, "d", null, 0);
    }
    // the base rate moves to one half; no rate of "no user" may come on top of it
    assertThat(predict(means, "new", null)).isEqualTo((50 + 0.5f) / 102, ROUNDING);
    assertThat(before).isLessThan(0.5f);
  }

  @Test
  void alreadyClickedTellsRepeatsFromTheRest() {
    Reference repeats = References.create("already-clicked", settings);
    ReferenceExample again = example("a", "u", click("x"), click("a"));
    ReferenceExample fresh = example("a", "u", click("x"));
    train(repeats, again, 1);
    train(repeats, again, 1);
    train(repeats, fresh, 0);
    assertThat(repeats.predict(again).probability()).isEqualTo(0.75f, ROUNDING);
    assertThat(repeats.predict(fresh).probability()).isEqualTo(0.5f, ROUNDING);
  }

  private static HistoryEntry click(String item) {
    return new HistoryEntry("click", item, Map.of(), 0, 1);
  }

  private static ReferenceExample example(
      String item, @Nullable String user, HistoryEntry... history) {
    return new ReferenceExample(
        GeneratedStream.instance(item, user, 1, 0, List.of(history)),
        NOTHING,
        List.of(history).contains(click(item)));
  }

  private static float predict(Reference reference, String item, @Nullable String user) {
    return reference.predict(example(item, user)).probability();
  }

  private static void train(Reference reference, String item, @Nullable String user, float label) {
    train(reference, example(item, user), label);
  }

  private static void train(Reference reference, ReferenceExample example, float label) {
    reference.train(reference.predict(example).frozen(), label, 1, 0);
  }
}
