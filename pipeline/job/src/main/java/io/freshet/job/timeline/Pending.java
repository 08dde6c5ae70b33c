package io.freshet.job.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An impression whose outcomes are still of interest.
 *
 * @param item attributes that history entries keep
 * @param deadline the last event time at which an outcome makes it positive
 * @param labelled whether its label is known
 * @param actions that it has had so far
 */
record Pending(
    String itemId,
    @Nullable String queryId,
    Map<String, Object> item,
    long deadline,
    boolean labelled,
    int partition,
    long offset,
    List<String> actions) {

  Pending label() {
    return new Pending(itemId, queryId, item, deadline, true, partition, offset, actions);
  }

  Pending with(String action) {
    List<String> more = new ArrayList<>(actions);
    more.add(action);
    return new Pending(
        itemId, queryId, item, deadline, labelled, partition, offset, List.copyOf(more));
  }
}
