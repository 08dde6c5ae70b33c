package io.freshet.learning.ctr;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.Prediction;
import io.freshet.learning.TestModel;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ids have a row, seen through a learner. */
class TablesOfALearnerTest {

  private static final long ITEM = Ids.of("the item");
  private static final long START = GeneratedExamples.START;

  @Test
  void anIdGetsItsRowAtItsSecondEventWhenTwoAreAsked() {
    try (Learner learner = learner(TestModel.of("din").admitAfter(2))) {
      train(learner, ITEM, START);
      assertThat(items(learner).find(ITEM)).isNegative();
      train(learner, ITEM, START + 1_000);
      assertThat(items(learner).find(ITEM)).isNotNegative();
    }
  }

  @Test
  void eventsThatLieMonthsApartDoNotAddUp() {
    try (Learner learner = learner(TestModel.of("din").admitAfter(2))) {
      long quarter = 90L * 24 * 3_600_000;
      for (int i = 0; i < 4; i++) {
        train(learner, ITEM, START + i * quarter);
      }
      assertThat(items(learner).find(ITEM)).isNegative();
    }
  }

  @Test
  void anIdInHistoriesAloneCountsNoEvent() {
    try (Learner learner = learner(TestModel.of("din").admitAfter(1))) {
      EncodedExample example = example(learner, Ids.of("another"), START);
      Arrays.fill(example.histories()[0][0], ITEM);
      assertThat(example.histories()[0][0]).isNotEmpty();
      learner.train(List.of(ready(learner, example, 1)));
      assertThat(items(learner).find(Ids.of("another"))).isNotNegative();
      assertThat(items(learner).find(ITEM)).isNegative();
    }
  }

  @Test
  void idsWithoutARowTrainTheSharedRowAndScoreWithIt() {
    try (Learner learner = learner(TestModel.of("din").admitAfter(1_000))) {
      EncodedExample one = example(learner, ITEM, START);
      EncodedExample other = withItem(one, Ids.of("never seen"));
      float[] before = sharedItem(learner);
      float untrained = learner.predict(other).logit();
      for (int i = 0; i < 20; i++) {
        learner.train(List.of(ready(learner, one, 1)));
      }
      assertThat(items(learner).size()).isEqualTo(1);
      assertThat(sharedItem(learner)).isNotEqualTo(before);
      assertThat(learner.predict(other).logit())
          .isGreaterThan(untrained)
          .isEqualTo(learner.predict(one).logit());
    }
  }

  @Test
  void anIdWithARowLeavesTheSharedRowAlone() {
    try (Learner learner = learner(TestModel.of("din").admitAfter(1))) {
      EncodedExample example = withoutHistories(example(learner, ITEM, START));
      learner.train(List.of(ready(learner, example, 1)));
      float[] shared = sharedItem(learner);
      learner.train(List.of(ready(learner, example, 1)));
      assertThat(sharedItem(learner)).isEqualTo(shared);
    }
  }

  @Test
  void aRowGoesWhenItsIdHadNoEventForTheDeclaredTime() {
    try (Learner learner = learner(TestModel.of("din").expireAfterMs(60_000))) {
      train(learner, ITEM, START);
      train(learner, Ids.of("younger"), START + 50_000);
      learner.drain();
      learner.endRound(START + 59_000);
      assertThat(items(learner).find(ITEM)).isNotNegative();
      learner.endRound(START + 65_000);
      assertThat(items(learner).find(ITEM)).isNegative();
      assertThat(items(learner).find(Ids.of("younger"))).isNotNegative();
      assertThat(items(learner).find(Ids.SHARED)).isNotNegative();
      var delta =
          learner.drain().serving().tables().stream()
              .filter(rows -> rows.table().equals("item"))
              .findFirst()
              .orElseThrow();
      assertThat(delta.removed()).containsExactly(ITEM);
    }
  }

  @Test
  void beyondItsLimitATableLosesTheRowsUnseenForLongestAndOfEqualOnesTheSmallestIds() {
    try (Learner learner = learner(TestModel.of("din").maxRows(3))) {
      for (long id : new long[] {40, 30, 20, 10}) {
        train(learner, id, START);
      }
      train(learner, 50, START - 1_000);
      learner.endRound(START + 1_000);
      assertThat(items(learner).sortedIds()).containsExactly(Ids.SHARED, 20, 30, 40);
    }
  }

  @Test
  void countersSeeReadyLabelsOnlyAfterTheStep() {
    try (Learner learner = learner(TestModel.of("din"))) {
      EncodedExample example = example(learner, ITEM, START);
      float[] unseen = learner.predict(example).counters();
      learner.train(List.of(ready(learner, example, 1)));
      float[] seen = learner.predict(example).counters();
      // The first value is the log-odds of the rate at the shortest half-life.
      assertThat(seen[0]).isGreaterThan(unseen[0]);
    }
  }

  private static Learner learner(TestModel model) {
    return LearnerFamilies.named("din").create(model.build());
  }

  private static void train(Learner learner, long item, long time) {
    learner.train(List.of(ready(learner, example(learner, item, time), 1)));
  }

  private static Example ready(Learner learner, EncodedExample example, float label) {
    Prediction prediction = learner.predict(example);
    return new Example(
        1,
        example,
        prediction.counters(),
        prediction.logit(),
        label,
        1,
        Example.Kind.POSITIVE,
        example.eventTime() + 1_000);
  }

  /** An example with a history of one position. */
  private static EncodedExample example(Learner learner, long item, long time) {
    FeatureLayout layout = FeatureLayout.of(learner.settings());
    EncodedExample any = new GeneratedExamples(layout, 1).next();
    long[][][] histories = new long[layout.histories().size()][][];
    for (int h = 0; h < histories.length; h++) {
      histories[h] = new long[layout.histories().get(h).fields().size()][1];
      for (long[] field : histories[h]) {
        Arrays.fill(field, Ids.of("in a history"));
      }
    }
    long[] ids = any.ids().clone();
    ids[0] = item;
    return new EncodedExample(
        ids,
        any.bags(),
        any.crosses(),
        any.biases(),
        any.numbers(),
        any.counterIds(),
        histories,
        time);
  }

  private static EncodedExample withItem(EncodedExample example, long item) {
    long[] ids = example.ids().clone();
    ids[0] = item;
    return with(example, ids, example.histories());
  }

  private static EncodedExample withoutHistories(EncodedExample example) {
    long[][][] empty = new long[example.histories().length][][];
    for (int h = 0; h < empty.length; h++) {
      empty[h] = new long[example.histories()[h].length][0];
    }
    return with(example, example.ids(), empty);
  }

  private static EncodedExample with(EncodedExample example, long[] ids, long[][][] histories) {
    return new EncodedExample(
        ids,
        example.bags(),
        example.crosses(),
        example.biases(),
        example.numbers(),
        example.counterIds(),
        histories,
        example.eventTime());
  }

  private static RowTable items(Learner learner) {
    return learner.servingState().table("item");
  }

  private static float[] sharedItem(Learner learner) {
    RowTable items = items(learner);
    int row = items.find(Ids.SHARED);
    int offset = items.valueOffset(row);
    return Arrays.copyOfRange(items.values(row), offset, offset + items.width());
  }
}
