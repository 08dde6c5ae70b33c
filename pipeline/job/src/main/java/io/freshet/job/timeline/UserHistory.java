package io.freshet.job.timeline;

import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A user's histories as of an event time, by {@code HistoryKey}, oldest entry first. Immutable:
 * examples share its lists.
 *
 * @param lastTime event time of the last change
 */
public record UserHistory(Map<String, List<HistoryEntry>> histories, long lastTime) {

  static final UserHistory EMPTY = new UserHistory(Map.of(), Long.MIN_VALUE);

  /** The histories after {@code entry}; the same object if it enters none. */
  UserHistory with(HistoryEntry entry, HistoryPlan plan) {
    Map<String, List<HistoryEntry>> changed = null;
    for (HistoryPlan.Kept kept : plan.histories()) {
      if (kept.takes(entry.action())) {
        if (changed == null) {
          changed = new TreeMap<>(histories);
        }
        List<HistoryEntry> old = histories.getOrDefault(kept.key(), List.of());
        List<HistoryEntry> longer = new ArrayList<>(kept.length());
        longer.addAll(old.subList(Math.max(0, old.size() + 1 - kept.length()), old.size()));
        longer.add(entry);
        changed.put(kept.key(), Collections.unmodifiableList(longer));
      }
    }
    return changed == null ? this : new UserHistory(changed, Math.max(lastTime, entry.eventTime()));
  }
}
