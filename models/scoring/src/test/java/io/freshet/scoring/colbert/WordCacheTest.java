package io.freshet.scoring.colbert;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordCacheTest {

  private static final long[] TEXT = {7, Ids.SHARED, 8, 80, 81, Ids.SHARED, 7, Ids.SHARED};

  private final List<Integer> read = new ArrayList<>();

  /** Two floats a token: the sum of its ids, and that negated. */
  private float[] encode(long[] tokens) {
    List<Float> sums = new ArrayList<>();
    float sum = 0;
    for (long id : tokens) {
      if (id == Ids.SHARED) {
        sums.add(sum);
        sums.add(-sum);
        sum = 0;
      } else {
        sum += id;
      }
    }
    read.add(sums.size() / 2);
    float[] vectors = new float[sums.size()];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = sums.get(i);
    }
    return vectors;
  }

  @Test
  void aTextReadsOnlyWordsThatAreNew() {
    WordCache cache = new WordCache(2, 100);
    long[] longer = {9, Ids.SHARED, 8, 80, 81, Ids.SHARED};
    assertThat(cache.vectors(1, TEXT, this::encode)).containsExactly(7, -7, 169, -169, 7, -7);
    assertThat(cache.vectors(1, TEXT, this::encode)).containsExactly(7, -7, 169, -169, 7, -7);
    assertThat(cache.vectors(1, longer, this::encode)).containsExactly(9, -9, 169, -169);
    assertThat(cache.vectors(1, new long[0], this::encode)).isEmpty();
    assertThat(read).containsExactly(3, 1);
  }

  @Test
  void aWordOfOtherSubwordsIsAnotherWord() {
    WordCache cache = new WordCache(2, 100);
    cache.vectors(1, TEXT, this::encode);
    long[] other = {8, 80, 82, Ids.SHARED};
    assertThat(cache.vectors(1, other, this::encode)).containsExactly(170, -170);
  }

  @Test
  void nothingIsLeftOfAnotherGenerationNorOfMoreThanItsBound() {
    WordCache cache = new WordCache(2, 1);
    cache.vectors(1, TEXT, this::encode);
    cache.vectors(2, TEXT, this::encode);
    cache.vectors(2, TEXT, this::encode);
    assertThat(read).containsExactly(3, 3, 3);
  }
}
