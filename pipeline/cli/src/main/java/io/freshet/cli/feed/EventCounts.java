package io.freshet.cli.feed;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many events of each type a source has given up to an index.
 *
 * @param next index of the first event that is not counted
 * @param broken records that were no events
 */
public record EventCounts(
    long next,
    long items,
    long queries,
    long impressions,
    long clicks,
    long judgments,
    long broken) {

  public static final EventCounts NONE = new EventCounts(0, 0, 0, 0, 0, 0, 0);

  EventCounts with(Event event) {
    return new EventCounts(
        event.sourceIndex() + 1,
        items + (event instanceof ItemEvent ? 1 : 0),
        queries + (event instanceof QueryEvent ? 1 : 0),
        impressions + (event instanceof ImpressionEvent ? 1 : 0),
        clicks + (event instanceof ClickEvent ? 1 : 0),
        judgments + (event instanceof JudgmentEvent ? 1 : 0),
        broken);
  }

  EventCounts withBroken(long index) {
    return new EventCounts(index + 1, items, queries, impressions, clicks, judgments, broken + 1);
  }

  public long total() {
    return items + queries + impressions + clicks + judgments + broken;
  }

  /** By the type's name in JSON, those that occurred. */
  public Map<String, Long> byType() {
    Map<String, Long> counts = new LinkedHashMap<>();
    putSome(counts, "item", items);
    putSome(counts, "query", queries);
    putSome(counts, "impression", impressions);
    putSome(counts, "click", clicks);
    putSome(counts, "judgment", judgments);
    putSome(counts, "broken", broken);
    return counts;
  }

  private static void putSome(Map<String, Long> counts, String type, long count) {
    if (count > 0) {
      counts.put(type, count);
    }
  }
}
