package io.freshet.scoring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ModelStateTest {

  private static final long[] NONE = {};

  private static ModelState empty() {
    return new ModelState(
        List.of(Tensor.zeros("w", 2, 3), Tensor.zeros("b", 3)),
        List.of(new RowTable("item", 2), new RowTable("user", 1)));
  }

  private static StateDelta random(Random random) {
    float[] weights = {random.nextFloat(), 0, 0, 0, 0, random.nextFloat()};
    long[] ids = random.longs(20, 0, 200).distinct().sorted().toArray();
    long[] removed = random.longs(10, 200, 400).distinct().sorted().toArray();
    float[] values = new float[ids.length * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    long[] user = {random.nextInt(300), 300 + random.nextInt(100)};
    return new StateDelta(
        List.of(new Tensor("w", new int[] {2, 3}, weights)),
        List.of(
            new StateDelta.Rows("item", 2, ids, values, removed),
            new StateDelta.Rows("user", 1, user, new float[] {1, 2}, NONE)));
  }

  @Test
  void theHashKeptWithDeltasIsTheHashOfTheMemory() {
    Random random = new Random(1);
    ModelState state = empty();
    StateHash hash = new StateHash();
    hash.reset(state.computeHash());
    for (int step = 0; step < 200; step++) {
      state.apply(random(random), hash);
      assertThat(hash.value()).isEqualTo(state.computeHash());
    }
    assertThat(state.table("item").size()).isGreaterThan(100);
  }

  @Test
  void aDeltaAppliedTwiceIsADeltaAppliedOnce() {
    ModelState state = empty();
    StateHash hash = new StateHash();
    hash.reset(state.computeHash());
    StateDelta delta = random(new Random(2));
    state.apply(delta, hash);
    HashValue once = hash.value();
    state.apply(delta, hash);
    assertThat(hash.value()).isEqualTo(once);
  }

  @Test
  void damagedMemoryShowsInTheKeptHash() {
    ModelState state = empty();
    StateHash hash = new StateHash();
    hash.reset(state.computeHash());
    StateDelta delta = random(new Random(3));
    state.apply(delta, hash);
    HashValue right = hash.value();
    RowTable items = state.table("item");
    long damaged = items.sortedIds()[0];
    int row = items.find(damaged);
    int bits = Float.floatToRawIntBits(items.values(row)[items.valueOffset(row)]);
    items.values(row)[items.valueOffset(row)] = Float.intBitsToFloat(bits ^ 1);
    assertThat(state.computeHash()).isNotEqualTo(right);
    // The kept hash subtracts what lies there, so a write over the damage cannot hide it.
    state.apply(delta, hash);
    assertThat(hash.value()).isNotEqualTo(right);
  }

  @Test
  void statesBuiltInAnotherOrderHashEqual() {
    ModelState one = empty();
    ModelState other = empty();
    for (long id = 0; id < 500; id++) {
      write(one, id);
      write(other, 499 - id);
    }
    write(other, 1_000);
    other.table("item").remove(1_000);
    assertThat(other.computeHash()).isEqualTo(one.computeHash());
  }

  private static void write(ModelState state, long id) {
    RowTable items = state.table("item");
    int row = items.findOrInsert(id);
    items.values(row)[items.valueOffset(row) + 1] = id;
  }

  @Test
  void aDeltaOfAnotherLayoutIsRefusedBeforeAnythingChanges() {
    ModelState state = empty();
    HashValue before = state.computeHash();
    Tensor good = new Tensor("b", new int[] {3}, new float[] {1, 2, 3});
    StateDelta.Rows row = new StateDelta.Rows("item", 2, new long[] {4}, new float[] {1, 2}, NONE);
    refused(state, new StateDelta(List.of(good, Tensor.zeros("w", 3, 2)), List.of()), "[3, 2]");
    refused(state, new StateDelta(List.of(good, Tensor.zeros("v", 1)), List.of()), "no tensor v");
    refused(
        state,
        new StateDelta(
            List.of(good), List.of(row, new StateDelta.Rows("user", 2, NONE, new float[0], NONE))),
        "table user");
    refused(
        state,
        new StateDelta(
            List.of(good),
            List.of(row, new StateDelta.Rows("item", 2, new long[] {4}, new float[3], NONE))),
        "3 floats");
    refused(
        state,
        new StateDelta(
            List.of(good), List.of(new StateDelta.Rows("shop", 2, NONE, new float[0], NONE))),
        "no table shop");
    assertThat(state.computeHash()).isEqualTo(before);
  }

  private static void refused(ModelState state, StateDelta delta, String reason) {
    assertThatThrownBy(() -> state.apply(delta, new StateHash()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aCopySharesNothing() {
    ModelState state = empty();
    StateHash hash = new StateHash();
    state.apply(random(new Random(4)), hash);
    ModelState copy = state.copy();
    HashValue before = copy.computeHash();
    assertThat(before).isEqualTo(state.computeHash());
    state.apply(random(new Random(5)), hash);
    state.tensor("b").data()[0] = 7;
    assertThat(copy.computeHash()).isEqualTo(before);
    assertThat(state.computeHash()).isNotEqualTo(before);
  }

  @Test
  void aNameMayOnlyBeUsedOnce() {
    assertThatThrownBy(
            () -> new ModelState(List.of(Tensor.zeros("w", 1), Tensor.zeros("w", 2)), List.of()))
        .hasMessageContaining("got w twice");
  }

  @Test
  void aTensorHoldsAsManyFloatsAsItsShapeSays() {
    assertThatThrownBy(() -> new Tensor("w", new int[] {2, 3}, new float[5]))
        .hasMessageContaining("tensor w of shape [2, 3] must hold 6 floats, got 5");
  }
}
