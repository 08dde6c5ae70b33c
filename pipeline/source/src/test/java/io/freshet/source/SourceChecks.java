package io.freshet.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schema.EventIdentity;
import io.freshet.schema.EventRules;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What every source must satisfy, for the tests of each. */
public final class SourceChecks {

  private SourceChecks() {}

  public static List<Event> take(Iterator<Event> events, int count) {
    List<Event> taken = new ArrayList<>();
    while (taken.size() < count && events.hasNext()) {
      taken.add(events.next());
    }
    return taken;
  }

  /** Starting at an index gives what a run from the beginning gives there. */
  public static void startsAnywhere(Source source, List<Event> fromZero, int... indexes) {
    for (int index : indexes) {
      int count = Math.min(3_000, fromZero.size() - index);
      assertThat(take(source.from(index), count))
          .as("%d events from index %d", count, index)
          .isEqualTo(fromZero.subList(index, index + count));
    }
  }

  /**
   * Indexes are consecutive, times never fall, all rules of events hold, and no event comes twice.
   */
  public static void isInOrder(List<Event> events) throws UndecodableRecord {
    List<String> broken = new ArrayList<>();
    long time = Long.MIN_VALUE;
    long index = 0;
    Set<EventIdentity> seen = new HashSet<>();
    for (Event event : events) {
      EventRules.check(event);
      if (event.sourceIndex() != index) {
        broken.add("index must be " + index + ": " + event);
      }
      if (event.eventTime() < time) {
        broken.add("time must not fall below " + time + ": " + event);
      }
      if (!seen.add(EventIdentity.of(event))) {
        broken.add("must come once: " + event);
      }
      time = event.eventTime();
      index++;
    }
    assertThat(broken).isEmpty();
  }

  /** What is shown is in the catalogue, and what is clicked was shown before, to that user. */
  public static void isConsistent(List<Event> events) {
    List<String> broken = new ArrayList<>();
    Map<String, ItemEvent> items = new HashMap<>();
    Map<String, ImpressionEvent> shown = new HashMap<>();
    for (Event event : events) {
      if (event instanceof ItemEvent item) {
        items.put(item.itemId(), item);
      } else if (event instanceof ImpressionEvent impression) {
        ItemEvent item = items.get(impression.itemId());
        if (item == null || item.removed()) {
          broken.add("item must be in the catalogue: " + impression);
        }
        shown.put(impression.impressionId(), impression);
      } else if (event instanceof ClickEvent click) {
        ImpressionEvent impression = shown.get(String.valueOf(click.impressionId()));
        if (impression == null
            || !impression.itemId().equals(click.itemId())
            || !Objects.equals(impression.userId(), click.userId())
            || click.eventTime() <= impression.eventTime()) {
          broken.add("click must follow its impression: " + click + ", " + impression);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  public static long count(List<Event> events, Class<? extends Event> kind) {
    return events.stream().filter(kind::isInstance).count();
  }
}
