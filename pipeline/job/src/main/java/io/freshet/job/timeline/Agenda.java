package io.freshet.job.timeline;

import java.util.ArrayList;
import java.util.List;

/**
 * What a user's timeline has to do at one event time.
 *
 * @param ends impressions whose wait ends here
 * @param goes impressions of which nothing is kept any longer
 */
record Agenda(List<UserEvent> events, List<String> ends, List<String> goes) {

  static final Agenda EMPTY = new Agenda(List.of(), List.of(), List.of());

  Agenda withEvent(UserEvent event) {
    return new Agenda(append(events, event), ends, goes);
  }

  Agenda withEnd(String impressionId) {
    return new Agenda(events, append(ends, impressionId), goes);
  }

  Agenda withGoing(String impressionId) {
    return new Agenda(events, ends, append(goes, impressionId));
  }

  private static <T> List<T> append(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list.size() + 1);
    longer.addAll(list);
    longer.add(element);
    return longer;
  }
}
