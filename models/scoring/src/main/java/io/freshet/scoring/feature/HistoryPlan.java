package io.freshet.scoring.feature;

import io.freshet.scoring.settings.FeatureSource;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.History;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What timelines must keep of each user so that every one of several models finds its histories.
 *
 * @param histories the distinct histories, by {@link HistoryKey} in alphabetical order
 * @param itemAttributes names of the attributes that entries must keep, over all histories
 * @param actions all actions that enter some history, {@link HistoryKey#NONE} among them if
 *     declared
 */
public record HistoryPlan(
    List<Kept> histories, SortedSet<String> itemAttributes, SortedSet<String> actions)
    implements Serializable {

  /** Columns of an entry of {@link PastIds}. */
  static final int ITEM = 0;

  static final int ACTION = 1;
  private static final int ATTRIBUTES = 2;

  public HistoryPlan {
    histories = List.copyOf(histories);
    itemAttributes = unmodifiable(itemAttributes);
    actions = unmodifiable(actions);
  }

  private static SortedSet<String> unmodifiable(SortedSet<String> set) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }

  /**
   * One history to keep.
   *
   * @param actions that enter it
   * @param length the newest so many entries, the most that any model wants
   */
  public record Kept(String key, SortedSet<String> actions, int length) implements Serializable {

    public Kept {
      actions = unmodifiable(actions);
    }

    /** Whether an outcome of this action enters the history. */
    public boolean takes(String action) {
      return actions.contains(action);
    }
  }

  /** Ids that an entry of {@link PastIds} has. */
  int stride() {
    return ATTRIBUTES + itemAttributes.size();
  }

  /** The ids that {@link PastIds} keeps of a past item. */
  public long[] ids(HistoryEntry entry) {
    long[] ids = new long[stride()];
    ids[ITEM] = entry.itemId().isEmpty() ? Ids.MISSING : Ids.of(entry.itemId());
    ids[ACTION] = Ids.of(entry.action());
    int at = ATTRIBUTES;
    for (String name : itemAttributes) {
      ids[at++] = AttributeValue.id(entry.item().get(name), "item." + name);
    }
    return ids;
  }

  /** The index of a history. */
  int index(String key) {
    for (int h = 0; h < histories.size(); h++) {
      if (histories.get(h).key().equals(key)) {
        return h;
      }
    }
    throw new IllegalArgumentException(
        "a history must be one of the plan's %s, got %s"
            .formatted(histories.stream().map(Kept::key).toList(), key));
  }

  /** Which id of a packed entry is that of {@code source}. */
  int column(FeatureSource source) {
    return source.kind() == FeatureSource.Kind.ITEM_ID
        ? ITEM
        : ATTRIBUTES + itemAttributes.headSet(source.name()).size();
  }

  /** The plan for all of {@code models}. */
  public static HistoryPlan of(List<ModelSettings> models) {
    SortedMap<String, Kept> kept = new TreeMap<>();
    SortedSet<String> attributes = new TreeSet<>();
    SortedSet<String> actions = new TreeSet<>();
    for (ModelSettings model : models) {
      for (History history : model.histories()) {
        String key = HistoryKey.of(history.actions());
        Kept one = new Kept(key, new TreeSet<>(history.actions()), history.length());
        kept.merge(key, one, (a, b) -> a.length >= b.length ? a : b);
        actions.addAll(history.actions());
        attributes.addAll(attributes(model, history));
      }
    }
    return new HistoryPlan(new ArrayList<>(kept.values()), attributes, actions);
  }

  private static List<String> attributes(ModelSettings model, History history) {
    return model.features().stream()
        .filter(feature -> history.of().contains(feature.name()))
        .map(feature -> FeatureSource.of(feature.from().get(0)))
        .filter(source -> source.kind() == FeatureSource.Kind.ITEM_ATTRIBUTE)
        .map(FeatureSource::name)
        .toList();
  }
}
