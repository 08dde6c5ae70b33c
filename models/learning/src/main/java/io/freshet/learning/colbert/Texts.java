package io.freshet.learning.colbert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The distinct texts of a batch, numbered in the order in which they come. */
final class Texts {

  private record Key(long[] tokens) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(tokens);
    }
  }

  private final Map<Key, Integer> numbers = new HashMap<>();
  private final List<long[]> texts = new ArrayList<>();

  /** The number of a text. */
  int add(long[] tokens) {
    Integer known = numbers.putIfAbsent(new Key(tokens), texts.size());
    if (known != null) {
      return known;
    }
    texts.add(tokens);
    return texts.size() - 1;
  }

  int size() {
    return texts.size();
  }

  long[] get(int number) {
    return texts.get(number);
  }
}
