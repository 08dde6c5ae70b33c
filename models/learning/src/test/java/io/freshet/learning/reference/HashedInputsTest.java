package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.Ids;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HashedInputsTest {

  private static final long A = Ids.of("a");
  private static final long B = Ids.of("b");
  private static final long C = Ids.of("c");

  private final IdSlot item = new IdSlot("item", 4);
  private final FeatureLayout layout =
      new FeatureLayout(
          List.of(item),
          List.of(new IdSlot("tags", 4)),
          List.of(new IdSlot("next", 1)),
          List.of(new IdSlot("position", 1)),
          List.of(),
          List.of(),
          List.of(new HistorySlot("clicked", "click", List.of(item), List.of(0), 50)));
  private final HashedInputs inputs = new HashedInputs(layout, 24);

  @Test
  void everySlotGivesItsIdsWithTheirValues() {
    // item, position, next, repeat class: 4 ones; tags b and c: 1/√2 each; history b twice, c once:
    // 2/√3 and 1/√3
    float[] values = values(example(A, new long[] {B, C}, C, B, B, B, C));
    float tag = (float) (1 / Math.sqrt(2));
    float past = (float) (1 / Math.sqrt(3));
    assertThat(values)
        .containsExactly(new float[] {past, tag, tag, 1, 1, 1, 1, 2 * past}, within(1e-6f));
  }

  @Test
  void theSameIdInAnotherSlotIsAnotherInput() {
    assertThat(inputs.of(example(A, new long[] {A}, A, A, A), 0)).hasSize(6);
  }

  @Test
  void aMissingCrossAndAnEmptyBagGiveNothingButAMissingIdIsAnInput() {
    // item, position, repeat class
    assertThat(values(example(Ids.MISSING, new long[0], Ids.MISSING, A))).containsExactly(1, 1, 1);
  }

  @Test
  void theCandidatesRepeatsInTheHistoryAreClassesOfOneTwoFourAndSoOn() {
    Set<Long> none = repeatInput(0);
    assertThat(repeatInput(1)).doesNotContainAnyElementsOf(none);
    assertThat(repeatInput(2)).isEqualTo(repeatInput(3));
    assertThat(repeatInput(2)).isNotEqualTo(repeatInput(1));
    assertThat(repeatInput(4)).isEqualTo(repeatInput(7));
    assertThat(repeatInput(8)).isEqualTo(repeatInput(15)).isNotEqualTo(repeatInput(7));
    assertThat(repeatInput(16)).isEqualTo(repeatInput(40)).isNotEqualTo(repeatInput(15));
  }

  @Test
  void aMissingValueIsNoRepeatOfMissingOnes() {
    EncodedExample other = example(Ids.MISSING, new long[0], Ids.MISSING, B, A, A);
    EncodedExample missing =
        example(Ids.MISSING, new long[0], Ids.MISSING, B, Ids.MISSING, Ids.MISSING);
    Set<Long> shared = set(inputs.of(other, 0));
    shared.retainAll(set(inputs.of(missing, 0)));
    // item, position and the class of no repeats
    assertThat(shared).hasSize(3);
  }

  /**
   * The one input that tells how often the candidate is in the history: what is left without all
   * others.
   */
  private Set<Long> repeatInput(int repeats) {
    long[] past = new long[repeats];
    Arrays.fill(past, A);
    Set<Long> with = set(inputs.of(example(A, new long[0], Ids.MISSING, B, past), 0));
    with.removeIf(input -> HashedInputs.value(input) != 1);
    EncodedExample other = example(A, new long[0], Ids.MISSING, B);
    Set<Integer> shared =
        set(inputs.of(other, 0)).stream().map(HashedInputs::index).collect(Collectors.toSet());
    if (repeats == 0) {
      EncodedExample unlike = example(C, new long[0], Ids.MISSING, A);
      with.retainAll(set(inputs.of(unlike, 0)));
    } else {
      with.removeIf(input -> shared.contains(HashedInputs.index(input)));
      with.removeIf(input -> repeats == 1 && isHistoryOf(A, input));
    }
    assertThat(with).hasSize(1);
    return with;
  }

  private boolean isHistoryOf(long id, long input) {
    return set(inputs.of(example(C, new long[0], Ids.MISSING, B, id), 0)).contains(input);
  }

  @Test
  void inputsThatHashToOneIndexAddUpInAscendingOrder() {
    HashedInputs crowded = new HashedInputs(layout, 4);
    long[] past = new long[40];
    Arrays.setAll(past, i -> Ids.of("p" + i));
    long[] merged = crowded.of(example(A, new long[] {B, C}, C, B, past), 0);
    assertThat(merged.length).isLessThanOrEqualTo(16);
    double sum = 0;
    for (int i = 0; i < merged.length; i++) {
      sum += HashedInputs.value(merged[i]);
      assertThat(HashedInputs.index(merged[i]))
          .isBetween(i == 0 ? 0 : HashedInputs.index(merged[i - 1]) + 1, 15);
    }
    assertThat(sum).isCloseTo(4 + 2 / Math.sqrt(2) + 40 / Math.sqrt(40), within(1e-4));
  }

  @Test
  void theRoomInFrontIsLeftAlone() {
    EncodedExample example = example(A, new long[] {B, C}, C, B, B, C);
    long[] behind = inputs.of(example, 3);
    assertThat(Arrays.copyOf(behind, 3)).containsOnly(0);
    assertThat(Arrays.copyOfRange(behind, 3, behind.length)).isEqualTo(inputs.of(example, 0));
  }

  private float[] values(EncodedExample example) {
    long[] merged = inputs.of(example, 0);
    double[] values = new double[merged.length];
    for (int i = 0; i < merged.length; i++) {
      values[i] = HashedInputs.value(merged[i]);
    }
    Arrays.sort(values);
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Set<Long> set(long[] inputs) {
    return Arrays.stream(inputs).boxed().collect(Collectors.toSet());
  }

  private static EncodedExample example(
      long item, long[] tags, long next, long position, long... past) {
    return new EncodedExample(
        new long[] {item},
        new long[][] {tags},
        new long[] {next},
        new long[] {position},
        new float[0],
        new long[0],
        new long[][][] {past.length == 0 ? new long[0][] : new long[][] {past}},
        0);
  }
}
