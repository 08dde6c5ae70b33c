package io.freshet.scoring.feature;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that may be known of one candidate when it is scored, before encoding: what training
 * froze at the impression, and what a serving application looks up. Values are a {@link String}, a
 * {@link Double} or a {@code List<String>}.
 *
 * @param item the item's attributes as they are at {@code eventTime}
 * @param position counted from 1; 0 = not shown yet (its bias is then that of position 1)
 * @param eventTime milliseconds since 1970 UTC on the source's clock
 * @param histories the user's histories by {@link HistoryKey}; a missing key is an empty history
 * @param query the text of the query that the candidate answers, null where there is none
 */
public record Instance(
    String itemId,
    Map<String, Object> item,
    @Nullable String userId,
    Map<String, Object> context,
    int position,
    long eventTime,
    Map<String, List<HistoryEntry>> histories,
    @Nullable String query) {

  /** A candidate that answers no query. */
  public Instance(
      String itemId,
      Map<String, Object> item,
      @Nullable String userId,
      Map<String, Object> context,
      int position,
      long eventTime,
      Map<String, List<HistoryEntry>> histories) {
    this(itemId, item, userId, context, position, eventTime, histories, null);
  }
}
