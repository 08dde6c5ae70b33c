package io.freshet.serving;

import io.freshet.scoring.feature.Instance;
import java.util.List;
import java.util.Map;

/**
 * Scores with the freshest verified version. Safe for any number of threads; a call never mixes two
 * versions, nor two prefixes of one.
 */
public interface Scorer {

  /**
   * Probabilities of given instances.
   *
   * @throws NoVersion before the first version
   * @throws StaleModel beyond the staleness limit, unless the reader declares a default for that
   * @throws IllegalArgumentException if {@code effort} is less than the model's shortest prefix
   */
  Scores score(List<Instance> instances, Effort effort);

  /** As {@link #score(List, Effort)}, by the whole model. */
  default Scores score(List<Instance> instances) {
    return score(instances, Effort.WHOLE);
  }

  /**
   * Probabilities of items for a user, whose histories and whose attributes come from the feature
   * topics: a user or an item that they do not know has none. Throws as {@link #score(List,
   * Effort)}.
   *
   * @param userId may be empty for an unknown user
   * @param itemIds the candidates
   * @param context values by name, each a String, a Double or a {@code List<String>}
   */
  Scores score(String userId, List<String> itemIds, Map<String, Object> context, Effort effort);

  /** As {@link #score(String, List, Map, Effort)}, by the whole model. */
  default Scores score(String userId, List<String> itemIds, Map<String, Object> context) {
    return score(userId, itemIds, context, Effort.WHOLE);
  }

  /** As {@link #score(String, List, Map)}, without context. */
  default Scores score(String userId, List<String> itemIds) {
    return score(userId, itemIds, Map.of());
  }
}
