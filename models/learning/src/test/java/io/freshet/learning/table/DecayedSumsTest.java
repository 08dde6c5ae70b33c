package io.freshet.learning.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.state.ModelState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecayedSumsTest {

  private static final long MONTH_MS = 30L * 24 * 3_600_000;

  private final DecayedSums sums =
      new DecayedSums("sums", 2, 4, new LearnerChanges(new ModelState(List.of(), List.of())));

  /** Of every id, [first kind, second kind] as of {@code time}. */
  private List<float[]> read(long time) {
    List<float[]> all = new ArrayList<>();
    sums.forEach(
        time,
        (floats, offset, left) ->
            all.add(new float[] {floats[offset] * left, floats[offset + 1] * left}));
    return all;
  }

  @Test
  void allSumsOfAnIdAreHalvedEveryThirtyDays() {
    sums.add(7, 0, 0);
    sums.add(7, 1, 0);
    sums.add(7, 0, MONTH_MS);
    assertThat(read(MONTH_MS).get(0)).containsExactly(new float[] {1.5f, 0.5f}, within(1e-6f));
    assertThat(read(2 * MONTH_MS).get(0))
        .containsExactly(new float[] {0.75f, 0.25f}, within(1e-6f));
  }

  @Test
  void anEventBeforeTheLastOneCountsWhole() {
    sums.add(7, 0, MONTH_MS);
    sums.add(7, 1, 0);
    assertThat(read(MONTH_MS).get(0)).containsExactly(1, 1);
  }

  @Test
  void idsComeInTheirOrderWhateverOrderTheyCameIn() {
    sums.add(3, 0, 0);
    sums.add(-1, 1, 0);
    sums.add(1, 0, 0);
    sums.add(1, 0, 0);
    assertThat(read(0)).extracting(pair -> pair[0]).containsExactly(2f, 1f, 0f);
  }

  @Test
  void beyondTheCapacityTheHalfThatHadNoEventForLongestGoes() {
    for (long id = 1; id <= 5; id++) {
      sums.add(id, 0, 10 - id);
    }
    sums.add(5, 1, 20);
    sums.bound();
    assertThat(read(20)).hasSize(2);
    assertThat(read(20)).extracting(pair -> pair[1]).containsExactly(0f, 1f);
  }
}
