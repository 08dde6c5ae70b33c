package io.freshet.job.timeline;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.Map;

/** What a user's timeline takes in. */
public sealed interface UserEvent {

  long eventTime();

  /** An impression with the item's attributes as they were at its time. */
  record Shown(ImpressionEvent impression, Map<String, Object> item, int partition, long offset)
      implements UserEvent {
    @Override
    public long eventTime() {
      return impression.eventTime();
    }
  }

  /** A query that the user asked. */
  record Asked(QueryEvent query, int partition, long offset) implements UserEvent {
    @Override
    public long eventTime() {
      return query.eventTime();
    }
  }

  /** An outcome of an impression. */
  record Outcome(ClickEvent click, int partition, long offset, long appendTime)
      implements UserEvent {
    @Override
    public long eventTime() {
      return click.eventTime();
    }
  }
}
