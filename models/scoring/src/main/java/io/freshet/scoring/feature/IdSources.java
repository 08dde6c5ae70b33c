package io.freshet.scoring.feature;

import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The distinct sources that a model reads as ids, each read once per instance, whatever number of
 * features share it.
 */
final class IdSources {

  /** Ids of the small whole numbers: hours, weekdays, positions. */
  private static final int SMALL = 256;

  private static final long[] SMALL_IDS =
      IntStream.range(0, SMALL).mapToLong(n -> Ids.of(Integer.toString(n))).toArray();

  private final List<History> histories;
  private final List<String> declared = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();

  /**
   * @param key of the history that the source names, else empty
   */
  private record Source(FeatureSource from, String key, String where) {}

  IdSources(List<History> histories) {
    this.histories = histories;
  }

  /** The index of {@code from}, added if it is new. */
  int add(String from) {
    int known = declared.indexOf(from);
    if (known >= 0) {
      return known;
    }
    FeatureSource source = FeatureSource.of(from);
    declared.add(from);
    sources.add(new Source(source, keyOf(source), from));
    return sources.size() - 1;
  }

  private String keyOf(FeatureSource source) {
    return histories.stream()
        .filter(history -> source.kind() == FeatureSource.Kind.HISTORY_LAST)
        .filter(history -> history.name().equals(source.name()))
        .map(history -> HistoryKey.of(history.actions()))
        .findFirst()
        .orElse("");
  }

  /** The ids of all sources, by index. */
  long[] read(Instance instance) {
    return read(instance, key -> last(instance.histories(), key));
  }

  /** As {@link #read(Instance)}, with the histories given apart. */
  long[] read(Instance instance, HistoryPlan plan, PastIds past) {
    return read(instance, key -> last(plan, past, key));
  }

  private long[] read(Instance instance, ToLongFunction<String> last) {
    long[] ids = new long[sources.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = read(sources.get(i), instance, last);
    }
    return ids;
  }

  /** What the source at {@code index} reads. */
  FeatureSource source(int index) {
    return sources.get(index).from;
  }

  /** The id that a source of the item has for a past item. */
  long readPast(int index, HistoryEntry entry) {
    Source source = sources.get(index);
    return ofItem(source, entry.itemId(), entry.item());
  }

  private static long read(Source source, Instance instance, ToLongFunction<String> last) {
    return switch (source.from.kind()) {
      case ITEM_ID, ITEM_ATTRIBUTE -> ofItem(source, instance.itemId(), instance.item());
      case CONTEXT -> AttributeValue.id(instance.context().get(source.from.name()), source.where);
      case USER_ID -> text(instance.userId());
      case QUERY_TEXT -> text(instance.query());
      case POSITION -> small(Math.max(1, instance.position()));
      case EVENT_HOUR -> small(EventClock.hour(instance.eventTime()));
      case EVENT_WEEKDAY -> small(EventClock.weekday(instance.eventTime()));
      case HISTORY_LAST -> last.applyAsLong(source.key);
    };
  }

  private static long ofItem(Source source, String itemId, Map<String, Object> attributes) {
    return source.from.kind() == FeatureSource.Kind.ITEM_ID
        ? text(itemId)
        : AttributeValue.id(attributes.get(source.from.name()), source.where);
  }

  private static long last(Map<String, List<HistoryEntry>> histories, String key) {
    List<HistoryEntry> entries = histories.getOrDefault(key, List.of());
    return entries.isEmpty() ? Ids.MISSING : text(entries.get(entries.size() - 1).itemId());
  }

  private static long last(HistoryPlan plan, PastIds past, String key) {
    byte[] block = past.block(plan.index(key));
    int stride = plan.stride();
    int words = block.length / Long.BYTES;
    return words == 0 ? Ids.MISSING : PastIds.word(block, words - stride);
  }

  private static long text(@Nullable String id) {
    return id == null || id.isEmpty() ? Ids.MISSING : Ids.of(id);
  }

  private static long small(int n) {
    return n < SMALL ? SMALL_IDS[n] : Ids.of(Integer.toString(n));
  }
}
