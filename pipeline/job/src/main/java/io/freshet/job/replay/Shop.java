package io.freshet.job.replay;

import io.freshet.job.Entry;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.QueryEvent;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All items and all users at one event time after the other. At each, in this order: the catalogue
 * changes, impressions freeze what is known, queries and then outcomes enter histories, waits end.
 */
final class Shop {

  private static final long USER_EXPIRY_MS = 365L * 24 * 3600 * 1000;
  private static final char ANONYMOUS = '\u0000';

  private final String labelAction;
  private final long waitMs;
  private final HistoryPlan plan;
  private final Set<String> itemAttributes = new HashSet<>();
  private final Consumer<Entry> out;
  private final Map<String, Map<String, Object>> items = new HashMap<>();
  private final Map<String, User> users = new HashMap<>();
  private final TreeMap<Long, List<Shown>> ends = new TreeMap<>();
  private final TreeMap<Long, List<Shown>> goes = new TreeMap<>();

  private static final class User {
    final Map<String, Shown> shown = new HashMap<>();
    PastIds past = PastIds.NONE;
    long lastTime = Long.MIN_VALUE;
  }

  private static final class Shown {
    final String user;
    final ImpressionEvent event;
    final InputRecord record;
    final Map<String, Object> item;
    final Set<String> actions = new HashSet<>();
    boolean labelled;

    Shown(String user, ImpressionEvent event, InputRecord record, Map<String, Object> item) {
      this.user = user;
      this.event = event;
      this.record = record;
      this.item = item;
    }
  }

  Shop(ModelsFile models, Consumer<Entry> out) {
    this.labelAction = models.stream().labelAction();
    this.waitMs = models.stream().waitMs();
    this.plan = HistoryPlan.of(models.models());
    this.out = out;
    for (ModelSettings model : models.models()) {
      for (ModelSettings.Feature feature : model.features()) {
        for (String from : feature.from()) {
          if (from.startsWith("item.") && !from.equals("item.id")) {
            itemAttributes.add(from.substring("item.".length()));
          }
        }
      }
    }
  }

  /** The next event time at which something happens by itself; the last there is, for none. */
  long nextEnd() {
    return Math.min(
        ends.isEmpty() ? Long.MAX_VALUE : ends.firstKey(),
        goes.isEmpty() ? Long.MAX_VALUE : goes.firstKey());
  }

  /** Lets everything of one event time happen. */
  void at(long time, List<InputRecord> records) {
    for (InputRecord record : sorted(records, ItemEvent.class)) {
      catalogue((ItemEvent) record.event());
    }
    for (InputRecord record : sorted(records, ImpressionEvent.class)) {
      show(record, (ImpressionEvent) record.event());
    }
    for (InputRecord record : sorted(records, QueryEvent.class)) {
      search((QueryEvent) record.event());
    }
    for (InputRecord record : sorted(records, ClickEvent.class)) {
      outcome(record, (ClickEvent) record.event());
    }
    List<Shown> over = ends.remove(time);
    if (over != null) {
      over.sort(
          Comparator.<Shown>comparingLong(shown -> Ids.of(shown.event.impressionId()))
              .thenComparing(shown -> shown.event.impressionId()));
      over.forEach(shown -> end(shown, time));
    }
    List<Shown> gone = goes.remove(time);
    if (gone != null) {
      gone.forEach(this::forget);
    }
  }

  private static List<InputRecord> sorted(List<InputRecord> records, Class<? extends Event> kind) {
    return records.stream()
        .filter(record -> kind.isInstance(record.event()))
        .sorted(
            Comparator.comparingLong(Shop::rank)
                .thenComparingInt(InputRecord::partition)
                .thenComparingLong(InputRecord::offset))
        .toList();
  }

  private static long rank(InputRecord record) {
    return record.event() instanceof ImpressionEvent impression
        ? Ids.of(impression.impressionId())
        : EventIdentity.of(record.event()).low();
  }

  private void catalogue(ItemEvent item) {
    if (item.removed()) {
      items.remove(item.itemId());
      return;
    }
    Map<String, Object> kept = new TreeMap<>(item.attributes());
    if (item.text() != null) {
      kept.put("text", item.text());
    }
    kept.keySet().retainAll(itemAttributes);
    items.put(item.itemId(), kept);
  }

  private User user(String key) {
    return users.computeIfAbsent(key, k -> new User());
  }

  private static String key(@Nullable String userId, @Nullable String impressionId) {
    return userId != null ? userId : ANONYMOUS + (impressionId == null ? "" : impressionId);
  }

  private void show(InputRecord record, ImpressionEvent event) {
    String key = key(event.userId(), event.impressionId());
    User user = user(key);
    if (user.shown.containsKey(event.impressionId())) {
      return;
    }
    Map<String, Object> item = items.getOrDefault(event.itemId(), Map.of());
    Shown shown = new Shown(key, event, record, item);
    user.shown.put(event.impressionId(), shown);
    later(ends, event.eventTime() + waitMs, shown);
    later(goes, event.eventTime() + 2 * waitMs, shown);
    boolean expired =
        user.lastTime != Long.MIN_VALUE && user.lastTime + USER_EXPIRY_MS <= event.eventTime();
    out.accept(
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
            expired ? PastIds.NONE : user.past,
            event.queryId(),
            event.propensity(),
            event.trueClickProbability()));
  }

  private static void later(TreeMap<Long, List<Shown>> plan, long time, Shown shown) {
    plan.computeIfAbsent(time, t -> new ArrayList<>()).add(shown);
  }

  private void outcome(InputRecord record, ClickEvent click) {
    User user = users.get(key(click.userId(), click.impressionId()));
    Shown shown = user == null ? null : find(user, click);
    if (shown == null || contradicts(click.itemId(), shown.event.itemId())) {
      return;
    }
    String query = shown.event.queryId();
    if (query != null && contradicts(click.queryId(), query)) {
      return;
    }
    long time = click.eventTime();
    if (click.action().equals(labelAction)
        && !shown.labelled
        && time <= shown.event.eventTime() + waitMs) {
      ready(shown, time, 1, record.partition(), record.offset());
    }
    if (shown.actions.add(click.action())) {
      remember(shown, click.action(), time, click.value());
    }
  }

  private void search(QueryEvent query) {
    if (query.userId() == null || !plan.actions().contains("query")) {
      return;
    }
    int words = 0;
    for (String word : query.text().split("[^\\p{L}\\p{Nd}]+", -1)) {
      if (!word.isEmpty() && words++ < 16) {
        String small = word.toLowerCase(Locale.ROOT);
        HistoryEntry entry = new HistoryEntry("query", small, Map.of(), query.eventTime(), 1);
        remember(query.userId(), entry);
      }
    }
  }

  private static boolean contradicts(@Nullable String said, String known) {
    return said != null && !said.equals(known);
  }

  private static @Nullable Shown find(User user, ClickEvent click) {
    if (click.impressionId() != null) {
      return user.shown.get(click.impressionId());
    }
    return user.shown.values().stream()
        .filter(shown -> shown.event.itemId().equals(click.itemId()))
        .filter(shown -> click.queryId() != null && click.queryId().equals(shown.event.queryId()))
        .min(Comparator.comparing(shown -> shown.event.impressionId()))
        .orElse(null);
  }

  private void end(Shown shown, long time) {
    if (!shown.labelled) {
      ready(shown, time, 0, shown.record.partition(), shown.record.offset());
    }
    if (shown.actions.isEmpty()) {
      remember(shown, "none", time, 1);
    }
  }

  private void ready(Shown shown, long time, int label, int partition, long offset) {
    shown.labelled = true;
    String id = shown.event.impressionId();
    out.accept(
        new Entry.Train(
            time,
            Ids.of(id),
            id,
            partition,
            offset,
            label,
            1,
            (byte) (1 - label),
            shown.event.queryId(),
            null));
  }

  private void remember(Shown shown, String action, long time, double value) {
    if (shown.event.userId() == null) {
      return;
    }
    Map<String, Object> kept = new TreeMap<>(shown.item);
    kept.keySet().retainAll(plan.itemAttributes());
    remember(shown.user, new HistoryEntry(action, shown.event.itemId(), kept, time, value));
  }

  private void remember(String key, HistoryEntry entry) {
    User user = user(key);
    long time = entry.eventTime();
    boolean expired = user.lastTime != Long.MIN_VALUE && user.lastTime + USER_EXPIRY_MS <= time;
    PastIds past = expired ? PastIds.NONE : user.past;
    for (int h = 0; h < plan.histories().size(); h++) {
      if (plan.histories().get(h).takes(entry.action())) {
        past = past.with(h, plan.ids(entry), plan.histories().get(h).length());
        user.lastTime = Math.max(user.lastTime, time);
      }
    }
    user.past = past;
  }

  private void forget(Shown shown) {
    User user = users.get(shown.user);
    if (user == null) {
      return;
    }
    user.shown.remove(shown.event.impressionId(), shown);
    if (user.shown.isEmpty() && user.past.size() == 0) {
      users.remove(shown.user);
    }
  }
}
