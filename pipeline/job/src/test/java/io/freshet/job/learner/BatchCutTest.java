package io.freshet.job.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchCutTest {

  private static Entry.Train example(long time, @Nullable Integer group) {
    return new Entry.Train(
        time,
        0,
        "a",
        0,
        0,
        0,
        1,
        (byte) 0,
        null,
        group == null ? null : new Entry.Place(group, 1, null));
  }

  /** Sizes of the batches that a sequence of examples of one time each is cut into. */
  private static List<Integer> sizes(BatchCut cut, List<Entry.Train> examples) {
    List<Integer> sizes = new ArrayList<>();
    int open = 0;
    for (Entry.Train example : examples) {
      if (cut.endsBefore(example)) {
        sizes.add(open);
        open = 0;
        cut.next();
      }
      open++;
      if (cut.add(example)) {
        sizes.add(open);
        open = 0;
        cut.next();
      }
    }
    if (open > 0) {
      sizes.add(open);
    }
    return sizes;
  }

  @Test
  void aBatchOfSingleExamplesEndsWithItsLastOne() {
    List<Entry.Train> examples = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      examples.add(example(5, null));
    }
    assertThat(sizes(new BatchCut(4, 1_000), examples)).containsExactly(4, 4, 2);
  }

  @Test
  void aBatchNeverSplitsAGroupAndEndsWithTheGroupThatFillsIt() {
    List<Entry.Train> examples = new ArrayList<>();
    for (int group = 0; group < 4; group++) {
      for (int i = 0; i < 3; i++) {
        examples.add(example(5, group));
      }
    }
    assertThat(sizes(new BatchCut(4, 1_000), examples)).containsExactly(6, 6);
    assertThat(sizes(new BatchCut(3, 1_000), examples)).containsExactly(3, 3, 3, 3);
  }

  @Test
  void aFullBatchClosesAsSoonAsTimePassesItsLastGroup() {
    BatchCut cut = new BatchCut(2, 1_000);
    for (int i = 0; i < 3; i++) {
      assertThat(cut.add(example(5, 1))).isFalse();
    }
    assertThat(cut.endsBefore(5)).isFalse();
    assertThat(cut.endsBefore(6)).isTrue();
    assertThat(cut.isFull()).isTrue();
  }

  @Test
  void anEndlessGroupIsCutAllTheSame() {
    List<Entry.Train> examples = new ArrayList<>();
    for (int i = 0; i < BatchCut.LARGEST_GROUP + 10; i++) {
      examples.add(example(5, 1));
    }
    assertThat(sizes(new BatchCut(4, 1_000), examples))
        .containsExactly(BatchCut.LARGEST_GROUP + 4, 6);
  }

  @Test
  void anUnfilledBatchClosesAtTheNextMultipleOfTheSpan() {
    BatchCut cut = new BatchCut(10, 1_000);
    cut.add(example(1_500, 1));
    assertThat(cut.endsBefore(1_999)).isFalse();
    assertThat(cut.endsBefore(example(2_000, 1))).isTrue();
    assertThat(cut.isFull()).isFalse();
    assertThat(cut.boundary()).isEqualTo(2_000);
  }
}
