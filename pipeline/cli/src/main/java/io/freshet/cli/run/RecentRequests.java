package io.freshet.cli.run;

import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was shown last, as requests for scores. Safe for many threads. */
final class RecentRequests {

  private static final int KEPT = 64;
  private static final int CANDIDATES = 10;

  private final ArrayDeque<ImpressionEvent> shown = new ArrayDeque<>();

  /** A user, candidates and a context, as a serving application would have them. */
  record Request(String userId, List<String> itemIds, Map<String, Object> context) {}

  synchronized void saw(Event event) {
    if (event instanceof ImpressionEvent impression) {
      shown.addFirst(impression);
      if (shown.size() > KEPT) {
        shown.removeLast();
      }
    }
  }

  /** The newest user with the newest items; null before the first impression. */
  synchronized @Nullable Request next() {
    ImpressionEvent newest = shown.peekFirst();
    if (newest == null) {
      return null;
    }
    List<String> items = new ArrayList<>(CANDIDATES);
    for (ImpressionEvent impression : shown) {
      if (items.size() < CANDIDATES) {
        items.add(impression.itemId());
      }
    }
    String user = newest.userId();
    return new Request(user == null ? "" : user, items, newest.context());
  }
}
