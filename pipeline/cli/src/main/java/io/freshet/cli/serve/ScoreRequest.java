package io.freshet.cli.serve;

import io.freshet.cli.http.RequestRefused;
import io.freshet.serving.Effort;
import java.util.List;
import java.util.Map;

/**
 * What is to be scored.
 *
 * @param userId empty for an unknown user
 * @param context values by name, each a String, a Double or a {@code List<String>}
 */
record ScoreRequest(
    String userId, List<String> itemIds, Map<String, Object> context, Effort effort) {

  /** Most candidates of a request: more than any page shows, and a second's work at most. */
  static final int MOST_ITEMS = 10_000;

  /**
   * @throws RequestRefused if there is nothing to score, or too much
   */
  ScoreRequest {
    if (itemIds.isEmpty() || itemIds.size() > MOST_ITEMS) {
      throw RequestRefused.bad(
          "items to score must be 1 to %d, got %d".formatted(MOST_ITEMS, itemIds.size()));
    }
    if (itemIds.stream().anyMatch(String::isEmpty)) {
      throw RequestRefused.bad("an item's id must not be empty, got one that is");
    }
  }
}
