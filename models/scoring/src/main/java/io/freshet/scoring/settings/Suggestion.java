package io.freshet.scoring.settings;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/** Finds what was meant by a word that is not known. */
final class Suggestion {

  private static final int LONGEST_WORD = 64;

  private Suggestion() {}

  /**
   * {@code " (did you mean X?)"} for the nearest of {@code known}, or nothing where none is near;
   * of equally near ones the alphabetically first.
   */
  static String among(Collection<String> known, String word) {
    if (word.length() > LONGEST_WORD) {
      return "";
    }
    String nearest = "";
    int best = Integer.MAX_VALUE;
    for (String candidate : new TreeSet<>(known)) {
      int distance = distance(candidate.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    int allowed = Math.max(1, Math.min(word.length(), nearest.length()) / 3);
    return best <= allowed ? " (did you mean " + nearest + "?)" : "";
  }

  /** Edits (insert, delete, replace, swap of neighbours) from {@code a} to {@code b}. */
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int one = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        edits[i][j] = Math.min(replaced, one);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
