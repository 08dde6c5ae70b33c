package io.freshet.scoring.colbert;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Tokens;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The vectors of documents' tokens where a token's vector depends on nothing but itself, all of one
 * generation: when the generation changes, none is left. Texts repeat their words, so that reading
 * one is mostly copying. Bounded; when it is full it starts anew.
 */
final class WordCache {

  /** Floats in all, 16 MiB. */
  private static final int CAPACITY = 4 << 20;

  /**
   * @param token its ids, as {@link Tokens} writes them
   */
  private record Word(long[] token, float[] vector) {}

  private final int width;
  private final int capacity;
  private final Long2ObjectOpenHashMap<Word> words = new Long2ObjectOpenHashMap<>();
  private long generation;

  WordCache(int width) {
    this(width, CAPACITY / width);
  }

  /**
   * @param capacity words in all
   */
  WordCache(int width, int capacity) {
    this.width = width;
    this.capacity = capacity;
  }

  /**
   * The vectors of a text, [tokens][width].
   *
   * @param encoder makes the vectors of a text whose tokens are not known
   */
  float[] vectors(long currentGeneration, long[] tokens, Function<long[], float[]> encoder) {
    if (currentGeneration != generation || words.size() > capacity) {
      words.clear();
      generation = currentGeneration;
    }
    int count = Tokens.count(tokens);
    float[] vectors = new float[count * width];
    int[] unknown = new int[count];
    int missed = 0;
    long[] rest = new long[tokens.length];
    int used = 0;
    for (int from = 0, token = 0; from < tokens.length; token++) {
      int to = end(tokens, from);
      Word word = words.get(tokens[from]);
      if (word != null && Arrays.equals(word.token, 0, word.token.length, tokens, from, to)) {
        System.arraycopy(word.vector, 0, vectors, token * width, width);
      } else {
        unknown[missed++] = token;
        System.arraycopy(tokens, from, rest, used, to - from);
        used += to - from;
      }
      from = to;
    }
    if (missed > 0) {
      long[] read = Arrays.copyOf(rest, used);
      float[] made = encoder.apply(read);
      for (int i = 0, from = 0; i < missed; i++) {
        System.arraycopy(made, i * width, vectors, unknown[i] * width, width);
        int to = end(read, from);
        float[] vector = Arrays.copyOfRange(made, i * width, (i + 1) * width);
        words.put(read[from], new Word(Arrays.copyOfRange(read, from, to), vector));
        from = to;
      }
    }
    return vectors;
  }

  /** Behind the mark that ends the token. */
  private static int end(long[] tokens, int from) {
    int to = from;
    while (tokens[to] != Ids.SHARED) {
      to++;
    }
    return to + 1;
  }
}
