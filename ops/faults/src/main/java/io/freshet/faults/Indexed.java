package io.freshet.faults;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;

/** Events at another place of a source. */
final class Indexed {

  private Indexed() {}

  /** The same event at {@code index}. */
  static Event with(Event event, long index) {
    if (event instanceof ImpressionEvent e) {
      return new ImpressionEvent(
          e.impressionId(),
          e.itemId(),
          e.eventTime(),
          e.userId(),
          e.position(),
          e.queryId(),
          e.context(),
          e.served(),
          e.propensity(),
          e.trueClickProbability(),
          e.eventId(),
          index);
    } else if (event instanceof ClickEvent e) {
      return new ClickEvent(
          e.impressionId(),
          e.itemId(),
          e.userId(),
          e.queryId(),
          e.eventTime(),
          e.action(),
          e.value(),
          e.eventId(),
          index);
    } else if (event instanceof ItemEvent e) {
      return new ItemEvent(
          e.itemId(), e.eventTime(), e.attributes(), e.text(), e.removed(), e.eventId(), index);
    } else if (event instanceof QueryEvent e) {
      return new QueryEvent(
          e.queryId(), e.userId(), e.text(), e.eventTime(), e.results(), e.eventId(), index);
    } else if (event instanceof JudgmentEvent e) {
      return new JudgmentEvent(
          e.queryId(), e.itemId(), e.grade(), e.eventTime(), e.eventId(), index);
    }
    Heartbeat e = (Heartbeat) event;
    return new Heartbeat(e.eventTime(), e.producer(), index);
  }
}
