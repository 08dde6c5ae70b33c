package io.freshet.search;

/**
 * The constants of BM25 (Robertson, Walker 1994).
 *
 * @param k1 the larger, the longer another occurrence of a word counts; 0 or more
 * @param b how much a document's length is held against it, 0 to 1
 */
public record Bm25(float k1, float b) {

  public static final Bm25 DEFAULT = new Bm25(1.2f, 0.75f);

  public Bm25 {
    if (!(k1 >= 0 && k1 <= 1_000 && b >= 0 && b <= 1)) {
      throw new IllegalArgumentException(
          "k1 must be between 0 and 1000 and b between 0 and 1, got %s and %s".formatted(k1, b));
    }
  }
}
