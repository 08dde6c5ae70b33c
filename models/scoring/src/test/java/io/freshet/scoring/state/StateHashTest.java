package io.freshet.scoring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StateHashTest {

  private static final float[] ROW = {1.0f, -2.5f, 0.0f};

  @Test
  void doesNotDependOnOrder() {
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    HashValue first = hashInOrder(order);
    for (int seed = 0; seed < 10; seed++) {
      Collections.shuffle(order, new Random(seed));
      assertThat(hashInOrder(order)).isEqualTo(first);
    }
  }

  private static HashValue hashInOrder(List<Integer> order) {
    StateHash hash = new StateHash();
    for (int i : order) {
      hash.addRow(i % 2 == 0 ? "item" : "user", i, new float[] {i, 2 * i}, 0, 2);
      hash.addTensor(new Tensor("w" + i, new int[] {2}, new float[] {i, 1}));
    }
    return hash.value();
  }

  @Test
  void whatIsSubtractedLeavesNoTrace() {
    StateHash hash = new StateHash();
    hash.addRow("item", 7, ROW, 0, 3);
    HashValue before = hash.value();
    Tensor tensor = Tensor.zeros("w", 3, 5_000);
    hash.addTensor(tensor);
    hash.addRow("item", 8, ROW, 0, 3);
    hash.subtractRow("item", 8, ROW, 0, 3);
    hash.subtractTensor(tensor);
    assertThat(hash.value()).isEqualTo(before);
    hash.subtractRow("item", 7, ROW, 0, 3);
    assertThat(hash.value()).isEqualTo(HashValue.EMPTY);
  }

  @Test
  void everyBitOfARowCounts() {
    HashValue whole = row("item", 7, ROW);
    for (int i = 0; i < ROW.length; i++) {
      for (int bit = 0; bit < 32; bit++) {
        float[] flipped = ROW.clone();
        flipped[i] = Float.intBitsToFloat(Float.floatToRawIntBits(ROW[i]) ^ (1 << bit));
        assertThat(row("item", 7, flipped)).as("float %d, bit %d", i, bit).isNotEqualTo(whole);
      }
    }
    assertThat(row("item", 7 ^ (1L << 63), ROW)).isNotEqualTo(whole);
    assertThat(row("iten", 7, ROW)).isNotEqualTo(whole);
  }

  @Test
  void everyBlockOfATensorCounts() {
    Tensor tensor = Tensor.zeros("w", 3, StateHash.BLOCK_FLOATS);
    HashValue whole = tensor(tensor);
    for (int at : new int[] {0, 4_095, 4_096, 8_191, 8_192, 12_287}) {
      Tensor changed = tensor.copy();
      changed.data()[at] = -0f;
      assertThat(tensor(changed)).as("entry %d", at).isNotEqualTo(whole);
    }
  }

  @Test
  void blocksThatSwapPlacesChangeIt() {
    Tensor tensor = Tensor.zeros("w", 2 * StateHash.BLOCK_FLOATS);
    tensor.data()[5] = 1;
    Tensor swapped = Tensor.zeros("w", 2 * StateHash.BLOCK_FLOATS);
    swapped.data()[5 + StateHash.BLOCK_FLOATS] = 1;
    assertThat(tensor(swapped)).isNotEqualTo(tensor(tensor));
  }

  @Test
  void rowsThatSwapValuesChangeIt() {
    assertThat(two("item", 1, 2, "item", 2, 1)).isNotEqualTo(two("item", 1, 1, "item", 2, 2));
    assertThat(two("item", 1, 2, "user", 1, 1)).isNotEqualTo(two("item", 1, 1, "user", 1, 2));
  }

  private static HashValue two(
      String table1, long id1, float value1, String table2, long id2, float value2) {
    StateHash hash = new StateHash();
    hash.addRow(table1, id1, new float[] {value1}, 0, 1);
    hash.addRow(table2, id2, new float[] {value2}, 0, 1);
    return hash.value();
  }

  @Test
  void aTensorsShapeCounts() {
    assertThat(tensor(Tensor.zeros("w", 2, 3))).isNotEqualTo(tensor(Tensor.zeros("w", 3, 2)));
    assertThat(tensor(Tensor.zeros("w", 6))).isNotEqualTo(tensor(Tensor.zeros("w", 6, 1)));
  }

  @Test
  void anOffsetIntoALongerArrayHashesAsTheRowAlone() {
    StateHash hash = new StateHash();
    hash.addRow("item", 7, new float[] {9, 9, 1.0f, -2.5f, 0.0f, 9}, 2, 3);
    assertThat(hash.value()).isEqualTo(row("item", 7, ROW));
  }

  /** The vectors of the log's specification; computed apart by a second implementation of XXH3. */
  @Test
  void testVectorsOfTheSpecificationHold() {
    assertThat(row("item", 0x0123456789abcdefL, ROW).hex())
        .isEqualTo("7e7c3cccc099f619802e85e252179981");
    Tensor tensor = new Tensor("mlp.0.W", new int[] {2, 3}, new float[] {1, 2, 3, -1, 0.5f, -0f});
    assertThat(tensor(tensor).hex()).isEqualTo("1a000336bbc5275a35805ef1d2b1da24");
    Tensor counting = Tensor.zeros("w", 5_000);
    for (int i = 0; i < 5_000; i++) {
      counting.data()[i] = i;
    }
    assertThat(tensor(counting).hex()).isEqualTo("5d811ed4664a806640e2dfed4987bd32");
    StateHash all = new StateHash();
    all.addRow("item", 0x0123456789abcdefL, ROW, 0, 3);
    all.addTensor(tensor);
    all.addTensor(counting);
    assertThat(all.value().hex()).isEqualTo("f5fd5ed7e2a99dd9f691c4c16e5130d7");
  }

  @Test
  void aHashReadsBackFromItsDigits() {
    HashValue value = row("item", 7, ROW);
    assertThat(HashValue.parse(value.hex())).isEqualTo(value);
    for (String wrong : List.of("", "12", "+" + "0".repeat(31), "g".repeat(32))) {
      assertThatThrownBy(() -> HashValue.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static HashValue row(String table, long id, float[] values) {
    StateHash hash = new StateHash();
    hash.addRow(table, id, values, 0, values.length);
    return hash.value();
  }

  private static HashValue tensor(Tensor tensor) {
    StateHash hash = new StateHash();
    hash.addTensor(tensor);
    return hash.value();
  }
}
