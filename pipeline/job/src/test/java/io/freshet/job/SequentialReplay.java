package io.freshet.job;

import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.Sequenced;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The oracle of the job: no Flink, no state backend, no watermark. Reads the whole log, decides per
 * partition what is late or repeated, sorts, walks through time once, and hands the sequence to the
 * same learner. Shares none of the job's code for order and timelines.
 */
public final class SequentialReplay {

  private static final class Impression {
    final ImpressionEvent event;
    final InputRecord record;
    final Map<String, Object> item;
    boolean labelled;
    final Set<String> actions = new HashSet<>();

    Impression(ImpressionEvent event, InputRecord record, Map<String, Object> item) {
      this.event = event;
      this.record = record;
      this.item = item;
    }
  }

  private final ModelsFile models;
  private final HistoryPlan plan;
  private final Map<String, Map<String, Object>> items = new HashMap<>();
  private final Map<String, Impression> impressions = new HashMap<>();
  private final Map<String, Map<String, List<HistoryEntry>>> histories = new HashMap<>();
  private final TreeMap<Long, List<Impression>> ends = new TreeMap<>();
  private final List<Entry> entries = new ArrayList<>();

  private SequentialReplay(ModelsFile models) {
    this.models = models;
    this.plan = HistoryPlan.of(models.models());
  }

  /**
   * The learners' sequence that follows from the records of each partition, each in offset order.
   */
  public static List<Entry> entries(ModelsFile models, List<List<InputRecord>> partitions) {
    SequentialReplay replay = new SequentialReplay(models);
    List<InputRecord> kept = new ArrayList<>();
    for (List<InputRecord> partition : partitions) {
      kept.addAll(replay.keep(partition));
    }
    replay.walk(kept);
    replay.entries.sort(
        Comparator.comparingLong(Entry::time)
            .thenComparing(entry -> entry instanceof Entry.Train)
            .thenComparingLong(Entry::hash)
            .thenComparing(Entry::exampleId));
    return replay.entries;
  }

  /** Hands the whole sequence to what learns, and then the end of time. */
  public static void teach(List<Entry> entries, Sequenced learning) {
    for (Entry entry : entries) {
      if (entry instanceof Entry.Predict predict) {
        learning.predict(predict);
      } else {
        learning.train((Entry.Train) entry);
      }
    }
    learning.advance(Long.MAX_VALUE);
  }

  private List<InputRecord> keep(List<InputRecord> partition) {
    List<InputRecord> kept = new ArrayList<>();
    Map<EventIdentity, Long> seen = new HashMap<>();
    long newest = Long.MIN_VALUE;
    for (InputRecord record : partition) {
      newest = Math.max(newest, record.event().eventTime());
      if (record.event() instanceof Heartbeat
          || record.event().eventTime() < newest - models.stream().outOfOrdernessMs()) {
        continue;
      }
      Long before = seen.get(EventIdentity.of(record.event()));
      if (before != null && before >= newest - 60_000) {
        continue;
      }
      seen.put(EventIdentity.of(record.event()), newest);
      kept.add(record);
    }
    return kept;
  }

  private void walk(List<InputRecord> records) {
    TreeMap<Long, List<InputRecord>> byTime = new TreeMap<>();
    for (InputRecord record : records) {
      byTime.computeIfAbsent(record.event().eventTime(), time -> new ArrayList<>()).add(record);
    }
    while (!byTime.isEmpty() || !ends.isEmpty()) {
      long now =
          Math.min(
              byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey(),
              ends.isEmpty() ? Long.MAX_VALUE : ends.firstKey());
      List<InputRecord> today = byTime.containsKey(now) ? byTime.remove(now) : List.of();
      sorted(today, ItemEvent.class).forEach(record -> catalogue((ItemEvent) record.event()));
      Map<String, Map<String, List<HistoryEntry>>> frozen = new HashMap<>();
      for (InputRecord record : sorted(today, ImpressionEvent.class)) {
        show(record, frozen);
      }
      sorted(today, ClickEvent.class).forEach(this::outcome);
      List<Impression> over = ends.containsKey(now) ? ends.remove(now) : new ArrayList<>();
      over.sort(Comparator.comparingLong(impression -> Ids.of(impression.event.impressionId())));
      over.forEach(impression -> end(impression, now));
    }
  }

  private static List<InputRecord> sorted(List<InputRecord> records, Class<? extends Event> kind) {
    return records.stream()
        .filter(record -> kind.isInstance(record.event()))
        .sorted(
            Comparator.<InputRecord>comparingLong(
                    record ->
                        record.event() instanceof ImpressionEvent impression
                            ? Ids.of(impression.impressionId())
                            : EventIdentity.of(record.event()).low())
                .thenComparingInt(InputRecord::partition)
                .thenComparingLong(InputRecord::offset))
        .toList();
  }

  private void catalogue(ItemEvent item) {
    if (item.removed()) {
      items.remove(item.itemId());
    } else {
      items.put(item.itemId(), item.attributes());
    }
  }

  private Map<String, Object> attributes(Map<String, Object> all, boolean inHistory) {
    Map<String, Object> kept = new TreeMap<>();
    for (ModelSettings model : models.models()) {
      for (ModelSettings.Feature feature : model.features()) {
        boolean named =
            !inHistory
                || model.histories().stream()
                    .anyMatch(history -> history.of().contains(feature.name()));
        for (String from : feature.from()) {
          if (named && from.startsWith("item.") && !from.equals("item.id")) {
            Object value = all.get(from.substring("item.".length()));
            if (value != null) {
              kept.put(from.substring("item.".length()), value);
            }
          }
        }
      }
    }
    return kept;
  }

  private void show(InputRecord record, Map<String, Map<String, List<HistoryEntry>>> frozen) {
    ImpressionEvent event = (ImpressionEvent) record.event();
    if (impressions.containsKey(event.impressionId())
        && event.eventTime()
            <= impressions.get(event.impressionId()).event.eventTime() + 2 * wait(1)) {
      return;
    }
    Map<String, Object> item = attributes(items.getOrDefault(event.itemId(), Map.of()), false);
    Impression impression = new Impression(event, record, item);
    impressions.put(event.impressionId(), impression);
    ends.computeIfAbsent(event.eventTime() + wait(1), time -> new ArrayList<>()).add(impression);
    Map<String, List<HistoryEntry>> history =
        event.userId() == null
            ? Map.of()
            : frozen.computeIfAbsent(
                event.userId(), user -> new TreeMap<>(histories.getOrDefault(user, Map.of())));
    entries.add(
        new Entry.Predict(
            event.eventTime(),
            Ids.of(event.impressionId()),
            event.impressionId(),
            record.partition(),
            record.offset(),
            new Instance(
                event.itemId(),
                item,
                event.userId(),
                event.context(),
                event.position(),
                event.eventTime(),
                Map.of()),
            PastIds.of(plan, history),
            event.queryId(),
            event.propensity(),
            event.trueClickProbability()));
  }

  private long wait(int times) {
    return times * models.stream().waitMs();
  }

  private void outcome(InputRecord record) {
    ClickEvent click = (ClickEvent) record.event();
    Impression impression = impressions.get(click.impressionId());
    if (impression == null
        || click.eventTime() < impression.event.eventTime()
        || click.eventTime() > impression.event.eventTime() + wait(2)
        || (click.itemId() != null && !click.itemId().equals(impression.event.itemId()))) {
      return;
    }
    if (click.action().equals(models.stream().labelAction())
        && !impression.labelled
        && click.eventTime() <= impression.event.eventTime() + wait(1)) {
      impression.labelled = true;
      ready(impression, click.eventTime(), 1, record.partition(), record.offset());
    }
    if (impression.actions.add(click.action())) {
      remember(impression, click.action(), click.eventTime(), click.value());
    }
  }

  private void end(Impression impression, long now) {
    if (!impression.labelled) {
      impression.labelled = true;
      ready(impression, now, 0, impression.record.partition(), impression.record.offset());
    }
    if (impression.actions.isEmpty()) {
      remember(impression, "none", now, 1);
    }
  }

  private void ready(Impression impression, long time, int label, int partition, long offset) {
    String id = impression.event.impressionId();
    entries.add(
        new Entry.Train(time, Ids.of(id), id, partition, offset, label, 1, (byte) (1 - label)));
  }

  private void remember(Impression impression, String action, long time, double value) {
    String user = impression.event.userId();
    if (user == null) {
      return;
    }
    Map<String, List<HistoryEntry>> mine = histories.computeIfAbsent(user, u -> new TreeMap<>());
    Map<String, Integer> lengths = new LinkedHashMap<>();
    for (ModelSettings model : models.models()) {
      for (ModelSettings.History history : model.histories()) {
        if (history.actions().contains(action)) {
          List<String> actions = new ArrayList<>(history.actions());
          actions.sort(Comparator.naturalOrder());
          lengths.merge(String.join("+", actions), history.length(), Math::max);
        }
      }
    }
    lengths.forEach(
        (key, length) -> {
          List<HistoryEntry> longer = new ArrayList<>(mine.getOrDefault(key, List.of()));
          longer.add(
              new HistoryEntry(
                  action,
                  impression.event.itemId(),
                  attributes(impression.item, true),
                  time,
                  value));
          mine.put(
              key,
              longer.size() > length
                  ? longer.subList(longer.size() - length, longer.size())
                  : longer);
        });
  }
}
