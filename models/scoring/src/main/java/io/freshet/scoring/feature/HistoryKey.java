package io.freshet.scoring.feature;

import io.freshet.scoring.settings.StreamSettings;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Names a history by the set of actions that enter it, so that models which declare the same set
 * share it.
 */
public final class HistoryKey {

  /**
   * The action that stands for the lack of any: an impression whose wait ended without an outcome.
   */
  public static final String NONE = StreamSettings.NO_ACTION;

  /** The action by which a user's queries enter: {@link QueryWords}. */
  public static final String QUERY = StreamSettings.QUERY;

  private HistoryKey() {}

  /** The actions in alphabetical order, joined by {@code +}. */
  public static String of(Collection<String> actions) {
    return String.join("+", new TreeSet<>(actions));
  }
}
