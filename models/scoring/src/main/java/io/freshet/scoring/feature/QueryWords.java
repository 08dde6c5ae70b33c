package io.freshet.scoring.feature;

import io.freshet.scoring.settings.ModelSettings.Words;
import java.util.List;
import java.util.Map;

/**
 * What a user's query leaves in histories: one entry for each of its first {@value #MOST} words, in
 * their order, with the word in the place of the item. So words have rows in the table of the
 * feature from {@code item.id}, and attention weighs them by the candidate as it does past items.
 */
public final class QueryWords {

  private static final int MOST = 16;
  private static final Words WORDS = new Words(MOST, 0, false);

  private QueryWords() {}

  /** The entries of a query, in the order in which they enter. */
  public static List<HistoryEntry> entries(String text, long eventTime) {
    return Tokens.words(text, WORDS).stream()
        .map(word -> new HistoryEntry(HistoryKey.QUERY, word, Map.of(), eventTime, 1))
        .toList();
  }
}
