package io.freshet.scoring.feature;

import io.freshet.scoring.settings.ModelSettings.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A text as tokens: runs of letters and digits in lower case and, where wanted, punctuation marks.
 * One array holds them in the text's order: a token's own id, then the ids of its n-grams, then
 * {@link Ids#SHARED}, which ends it. N-grams are those of the word between the borders {@code <}
 * and {@code >}; a word that is no longer than one n-gram has none, since it would say the same.
 * The same code runs where models learn and where they score.
 */
public final class Tokens {

  /** N-grams are those of a word's first so many characters. */
  private static final int SPELT = 32;

  /** Keeps the ids of n-grams apart from those of words, which hold letters and digits only. */
  private static final char NGRAM = '#';

  private static final long[] EMPTY = {};

  private long[] ids = new long[64];
  private int used;

  private Tokens() {}

  /** The tokens of {@code text}. */
  static long[] of(String text, Words words) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    Tokens tokens = new Tokens();
    for (String word : words(text, words)) {
      tokens.add(word, words.subwords());
    }
    return tokens.used == 0 ? EMPTY : Arrays.copyOf(tokens.ids, tokens.used);
  }

  /** What the tokens of {@code text} are in it, in lower case: for people to read. */
  public static List<String> words(String text, Words words) {
    List<String> found = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length() && found.size() < words.length(); ) {
      int point = i == text.length() ? ' ' : text.codePointAt(i);
      int next = i + Character.charCount(point);
      if (Character.isLetterOrDigit(point)) {
        start = start < 0 ? i : start;
      } else {
        if (start >= 0) {
          found.add(text.substring(start, i).toLowerCase(Locale.ROOT));
          start = -1;
        }
        if (words.punctuation() && isMark(point) && found.size() < words.length()) {
          found.add(text.substring(i, next));
        }
      }
      i = next;
    }
    return found;
  }

  private static boolean isMark(int point) {
    return !Character.isWhitespace(point)
        && !Character.isISOControl(point)
        && !Character.isSpaceChar(point);
  }

  /** The number of tokens in an array of them. */
  public static int count(long[] tokens) {
    int count = 0;
    for (long id : tokens) {
      count += id == Ids.SHARED ? 1 : 0;
    }
    return count;
  }

  private void add(String word, int subwords) {
    put(Ids.of(word));
    if (subwords > 0) {
      String spelt = "<" + (word.length() > SPELT ? word.substring(0, SPELT) : word) + ">";
      for (int i = 0; spelt.length() > subwords && i + subwords <= spelt.length(); i++) {
        put(Ids.of(NGRAM + spelt.substring(i, i + subwords)));
      }
    }
    put(Ids.SHARED);
  }

  private void put(long id) {
    if (used == ids.length) {
      ids = Arrays.copyOf(ids, 2 * used);
    }
    ids[used++] = id;
  }
}
