package io.freshet.scoring.colbert;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of documents met lately, all of one generation: when the generation changes, none is
 * left. Bounded; the one not asked for longest goes first.
 */
final class DocumentCache {

  /** Floats in all, 16 MiB. */
  private static final int CAPACITY = 4 << 20;

  private record Key(long[] tokens, int hash) {

    Key(long[] tokens) {
      this(tokens, Arrays.hashCode(tokens));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Map<Key, float[]> vectors = new LinkedHashMap<>(16, 0.75f, true);
  private long floats;
  private long generation;

  float[] get(long currentGeneration, long[] tokens, Function<long[], float[]> encoder) {
    if (currentGeneration != generation) {
      vectors.clear();
      floats = 0;
      generation = currentGeneration;
    }
    Key key = new Key(tokens);
    float[] known = vectors.get(key);
    if (known == null) {
      known = encoder.apply(tokens);
      vectors.put(key, known);
      floats += known.length;
      var oldest = vectors.entrySet().iterator();
      while (floats > CAPACITY && vectors.size() > 1) {
        floats -= oldest.next().getValue().length;
        oldest.remove();
      }
    }
    return known;
  }
}
