package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ProvenMemoryTest {

  private static final int ROWS = 3_000;

  private final RowTable table = new RowTable("t", 2);
  private final ModelState state = new ModelState(List.of(), List.of(table));
  private final ProvenMemory memory = new ProvenMemory(state);

  private void write(long[] ids, float[] values, long... removed) {
    memory.apply(
        new StateDelta(List.of(), List.of(new StateDelta.Rows("t", 2, ids, values, removed))));
  }

  @Test
  void itsHashIsThatOfWhatLiesThereThroughInsertsChangesAndDeletions() {
    Random random = new Random(1);
    for (int delta = 0; delta < 20; delta++) {
      long[] ids = random.longs(ROWS, 0, 4 * ROWS).distinct().toArray();
      float[] values = new float[2 * ids.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      write(ids, values, random.longs(100, 0, 4 * ROWS).distinct().toArray());

      assertThat(memory.hash()).isEqualTo(state.computeHash());
      ProvenMemory.Walk walk = memory.walk();
      while (!walk.done()) {
        assertThat(walk.step()).isNull();
      }
    }
  }

  @Test
  void aRowThatADeltaHoldsTwiceEndsAsTheSecondSays() {
    write(new long[] {7, 8, 7}, new float[] {1, 1, 2, 2, 3, 3});

    assertThat(table.size()).isEqualTo(2);
    assertThat(table.values(table.find(7))[table.valueOffset(table.find(7))]).isEqualTo(3);
    assertThat(memory.hash()).isEqualTo(state.computeHash());
  }
}
