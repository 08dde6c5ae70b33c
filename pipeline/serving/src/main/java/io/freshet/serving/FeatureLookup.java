package io.freshet.serving;

import io.freshet.scoring.feature.HistoryEntry;
import java.util.List;
import java.util.Map;

/** What is known of users and items now. Safe for any number of threads. */
public interface FeatureLookup {

  /** Knows nobody and nothing. */
  FeatureLookup NONE =
      new FeatureLookup() {
        @Override
        public Map<String, List<HistoryEntry>> histories(String userId) {
          return Map.of();
        }

        @Override
        public List<Map<String, Object>> items(List<String> itemIds) {
          return itemIds.stream().map(id -> Map.<String, Object>of()).toList();
        }
      };

  /** The user's histories by key; empty for an unknown user. */
  Map<String, List<HistoryEntry>> histories(String userId);

  /** Each item's attributes, in the order asked for; empty for an unknown or removed item. */
  List<Map<String, Object>> items(List<String> itemIds);
}
