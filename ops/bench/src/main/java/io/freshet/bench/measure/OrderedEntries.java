package io.freshet.bench.measure;

import io.freshet.job.Entry;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryKey;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The learners' sequence of a source whose events come in order of time, without Kafka and Flink:
 * what the job must hand to a learner, made the shortest way. Events of one millisecond are items,
 * then impressions, then outcomes, then ends of waits.
 */
final class OrderedEntries {

  private static final Comparator<Entry> ORDER =
      Comparator.comparingInt((Entry entry) -> entry instanceof Entry.Predict ? 0 : 1)
          .thenComparingLong(Entry::hash)
          .thenComparing(Entry::exampleId);

  private static final class Shown {
    final ImpressionEvent event;
    final Map<String, Object> item;
    final Set<String> actions = new HashSet<>();
    boolean labelled;

    Shown(ImpressionEvent event, Map<String, Object> item) {
      this.event = event;
      this.item = item;
    }
  }

  private final TimelineSettings settings;
  private final Consumer<Entry> out;
  private final Map<String, Map<String, Object>> items = new HashMap<>();
  private final Map<String, PastIds> histories = new HashMap<>();
  private final Map<String, Shown> open = new HashMap<>();
  private final TreeMap<Long, List<Shown>> ends = new TreeMap<>();
  private final TreeMap<Long, List<Shown>> forgotten = new TreeMap<>();
  private final List<Entry> now = new ArrayList<>();

  private OrderedEntries(TimelineSettings settings, Consumer<Entry> out) {
    this.settings = settings;
    this.out = out;
  }

  /**
   * Hands out the entries that follow from the first {@code count} events, as far as the last of
   * them makes certain, in the learners' order.
   */
  static void of(
      Iterator<Event> events, long count, TimelineSettings settings, Consumer<Entry> out) {
    OrderedEntries entries = new OrderedEntries(settings, out);
    List<Event> sameTime = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Event event = events.next();
      if (!sameTime.isEmpty() && event.eventTime() != sameTime.get(0).eventTime()) {
        entries.at(sameTime.get(0).eventTime(), sameTime);
        sameTime.clear();
      }
      sameTime.add(event);
    }
  }

  private void at(long time, List<Event> events) {
    while (!ends.isEmpty() && ends.firstKey() < time) {
      long end = ends.firstKey();
      endWaits(end);
      flush();
    }
    while (!forgotten.isEmpty() && forgotten.firstKey() < time) {
      forgotten.pollFirstEntry().getValue().forEach(s -> open.remove(s.event.impressionId()));
    }
    for (Event event : events) {
      if (event instanceof ItemEvent item) {
        items.put(item.itemId(), item.attributes());
      }
    }
    for (Event event : events) {
      if (event instanceof ImpressionEvent impression) {
        show(impression);
      }
    }
    for (Event event : events) {
      if (event instanceof ClickEvent click) {
        outcome(click);
      }
    }
    endWaits(time);
    flush();
  }

  private void flush() {
    now.sort(ORDER);
    now.forEach(out);
    now.clear();
  }

  private Map<String, Object> kept(Map<String, Object> all, Set<String> names) {
    Map<String, Object> kept = new TreeMap<>(all);
    kept.keySet().retainAll(names);
    return kept;
  }

  private void show(ImpressionEvent event) {
    Map<String, Object> item =
        kept(items.getOrDefault(event.itemId(), Map.of()), settings.itemAttributes());
    Shown shown = new Shown(event, item);
    open.put(event.impressionId(), shown);
    ends.computeIfAbsent(event.eventTime() + settings.waitMs(), t -> new ArrayList<>()).add(shown);
    forgotten
        .computeIfAbsent(event.eventTime() + 2 * settings.waitMs(), t -> new ArrayList<>())
        .add(shown);
    String user = event.userId();
    now.add(
        new Entry.Predict(
            event.eventTime(),
            Ids.of(event.impressionId()),
            event.impressionId(),
            0,
            event.sourceIndex(),
            new Instance(
                event.itemId(),
                item,
                user,
                event.context(),
                event.position(),
                event.eventTime(),
                Map.of()),
            user == null ? PastIds.NONE : histories.getOrDefault(user, PastIds.NONE),
            event.queryId(),
            event.propensity(),
            event.trueClickProbability()));
  }

  private void outcome(ClickEvent click) {
    Shown shown = open.get(String.valueOf(click.impressionId()));
    if (shown == null) {
      return;
    }
    boolean inTime = click.eventTime() <= shown.event.eventTime() + settings.waitMs();
    if (click.action().equals(settings.labelAction()) && !shown.labelled && inTime) {
      ready(shown, click.eventTime(), 1, click.sourceIndex());
    }
    if (shown.actions.add(click.action())) {
      remember(shown, click.action(), click.eventTime(), click.value());
    }
  }

  private void endWaits(long time) {
    List<Shown> over = ends.remove(time);
    if (over == null) {
      return;
    }
    over.sort(Comparator.comparingLong(shown -> Ids.of(shown.event.impressionId())));
    for (Shown shown : over) {
      if (!shown.labelled) {
        ready(shown, time, 0, shown.event.sourceIndex());
      }
      if (shown.actions.isEmpty()) {
        remember(shown, HistoryKey.NONE, time, 1);
      }
    }
  }

  private void ready(Shown shown, long time, int label, long offset) {
    shown.labelled = true;
    String id = shown.event.impressionId();
    byte kind = (byte) (1 - label);
    now.add(new Entry.Train(time, Ids.of(id), id, 0, offset, label, 1, kind));
  }

  private void remember(Shown shown, String action, long time, double value) {
    String user = shown.event.userId();
    if (user == null) {
      return;
    }
    Map<String, Object> item = kept(shown.item, settings.histories().itemAttributes());
    HistoryEntry entry = new HistoryEntry(action, shown.event.itemId(), item, time, value);
    PastIds mine = histories.getOrDefault(user, PastIds.NONE);
    long[] ids = settings.histories().ids(entry);
    for (int h = 0; h < settings.histories().histories().size(); h++) {
      HistoryPlan.Kept kept = settings.histories().histories().get(h);
      if (kept.takes(action)) {
        mine = mine.with(h, ids, kept.length());
      }
    }
    histories.put(user, mine);
  }
}
