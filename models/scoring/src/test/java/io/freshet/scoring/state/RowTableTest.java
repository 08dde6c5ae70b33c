package io.freshet.scoring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RowTableTest {

  private static final int WIDTH = 3;
  private static final int SLOTS = 2;

  @Test
  void holdsWhatAHashMapHoldsThroughInsertsRemovalsAndGrowth() {
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      // Few distinct ids collide and come back; many make it grow.
      int distinct = seed % 2 == 0 ? 300 : 30_000;
      RowTable table = new RowTable("t", WIDTH, SLOTS);
      Map<Long, Integer> model = new HashMap<>();
      for (int step = 0; step < 40_000; step++) {
        long id = idOf(random.nextInt(distinct), seed);
        if (random.nextInt(10) < 4) {
          assertThat(table.remove(id)).isEqualTo(model.remove(id) != null);
          assertThat(table.find(id)).isEqualTo(-1);
        } else {
          int row = table.findOrInsert(id);
          Integer known = model.put(id, row);
          if (known == null) {
            assertThat(table.values(row)[table.valueOffset(row) + WIDTH - 1]).isZero();
            assertThat(table.slots(row)[table.slotOffset(row)]).isZero();
          } else {
            assertThat(row).as("a row keeps its number").isEqualTo(known);
          }
          write(table, row, id);
        }
      }
      assertSame(table, model);
    }
  }

  /** Neighbouring ids, ids that differ in high bits only, and random ones. */
  private static long idOf(int n, int seed) {
    return switch (seed % 3) {
      case 0 -> n;
      case 1 -> (long) n << 40;
      default -> new Random(n).nextLong();
    };
  }

  private static void write(RowTable table, int row, long id) {
    for (int j = 0; j < WIDTH; j++) {
      table.values(row)[table.valueOffset(row) + j] = id % 1000 + j;
    }
    for (int j = 0; j < SLOTS; j++) {
      table.slots(row)[table.slotOffset(row) + j] = -(id % 1000) - j - 1;
    }
  }

  private static void assertSame(RowTable table, Map<Long, Integer> model) {
    assertThat(table.size()).isEqualTo(model.size());
    model.forEach(
        (id, row) -> {
          assertThat(table.find(id)).isEqualTo(row);
          assertThat(table.idOf(row)).isEqualTo(id);
          for (int j = 0; j < WIDTH; j++) {
            assertThat(table.values(row)[table.valueOffset(row) + j]).isEqualTo(id % 1000 + j);
          }
          for (int j = 0; j < SLOTS; j++) {
            assertThat(table.slots(row)[table.slotOffset(row) + j]).isEqualTo(-(id % 1000) - j - 1);
          }
        });
    List<Long> sorted = new ArrayList<>(model.keySet());
    sorted.sort(Comparator.comparing(id -> id ^ Long.MIN_VALUE));
    assertThat(table.sortedIds()).containsExactly(sorted.toArray(Long[]::new));
    Map<Long, Integer> visited = new HashMap<>();
    table.forEach(visited::put);
    assertThat(visited).isEqualTo(model);
  }

  @Test
  void idsSortAsUnsignedIntegers() {
    RowTable table = new RowTable("t", 1);
    for (long id : new long[] {-1, 5, Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
      table.findOrInsert(id);
    }
    assertThat(table.sortedIds()).containsExactly(0, 5, Long.MAX_VALUE, Long.MIN_VALUE, -1);
  }

  @Test
  void removedRowsAreUsedAgain() {
    RowTable table = new RowTable("t", 4, 1);
    for (long id = 0; id < 5_000; id++) {
      table.findOrInsert(id);
    }
    for (long round = 1; round < 20; round++) {
      for (long id = 0; id < 5_000; id++) {
        table.remove(id + (round - 1) * 5_000);
        table.findOrInsert(id + round * 5_000);
      }
    }
    assertThat(table.size()).isEqualTo(5_000);
    assertThat(table.rowLimit()).isEqualTo(5_000);
  }

  @Test
  void aCopySharesNothingAndHasNoSlots() {
    RowTable table = new RowTable("t", WIDTH, SLOTS);
    for (long id = 0; id < 3_000; id++) {
      write(table, table.findOrInsert(id), id);
    }
    table.remove(17);
    RowTable copy = table.copyServing();
    for (long id = 0; id < 3_000; id++) {
      table.remove(id);
    }
    for (long id = 10_000; id < 12_000; id++) {
      table.findOrInsert(id);
    }
    assertThat(copy.size()).isEqualTo(2_999);
    assertThat(copy.slotWidth()).isZero();
    assertThat(copy.find(17)).isEqualTo(-1);
    int row = copy.find(2_345);
    assertThat(copy.values(row)[copy.valueOffset(row) + 2]).isEqualTo(347f);
    // It goes on as a table of its own.
    for (long id = 20_000; id < 23_000; id++) {
      copy.findOrInsert(id);
    }
    assertThat(copy.size()).isEqualTo(5_999);
    assertThat(table.find(20_000)).isEqualTo(-1);
  }

  @Test
  void widthsThatMakeNoTableAreRefused() {
    assertThatThrownBy(() -> new RowTable("items", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("table items must have width >= 1")
        .hasMessageContaining("got 0");
  }

  @Test
  void aRowCostsAtMostFortyBytesOverItsFloatsAndSlots() {
    double worst = 0;
    RowTable table = new RowTable("t", 16, 1);
    Random random = new Random(1);
    for (int size = 1; size <= 400_000; size++) {
      table.findOrInsert(random.nextLong());
      if (size >= 20_000 && size % 5_000 == 0) {
        worst = Math.max(worst, overhead(table));
      }
    }
    assertThat(worst).isLessThanOrEqualTo(40);

    // Half of the rows gone: what is kept for them counts against the rest.
    long[] ids = table.sortedIds();
    for (int i = 0; i < ids.length; i += 2) {
      table.remove(ids[i]);
    }
    for (int i = 0; i < ids.length / 2; i++) {
      table.findOrInsert(random.nextLong());
    }
    assertThat(overhead(table)).isLessThanOrEqualTo(40);
  }

  /** Bytes of all arrays that the table reaches, less its rows' floats and slots, by row. */
  private static double overhead(RowTable table) {
    long bytes = 0;
    for (Field field : RowTable.class.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && field.getType().isArray()) {
        field.setAccessible(true);
        try {
          bytes += bytes(field.get(table));
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    long payload = 4L * table.size() * (table.width() + table.slotWidth());
    return (double) (bytes - payload) / table.size();
  }

  private static long bytes(Object array) {
    int length = Array.getLength(array);
    Class<?> of = array.getClass().getComponentType();
    long header = 16;
    if (of.isArray()) {
      long sum = header + 8L * length;
      for (int i = 0; i < length; i++) {
        sum += bytes(Array.get(array, i));
      }
      return sum;
    }
    int size = of == long.class ? 8 : 4;
    return header + (long) size * length;
  }
}
