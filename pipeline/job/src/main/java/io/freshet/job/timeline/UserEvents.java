package io.freshet.job.timeline;

import io.freshet.job.input.InputRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.QueryEvent;

/** Which records go to which timeline, and by which key. */
public final class UserEvents {

  private UserEvents() {}

  public static boolean concernsItem(InputRecord record) {
    return record.event() instanceof ItemEvent || record.event() instanceof ImpressionEvent;
  }

  public static String itemKey(InputRecord record) {
    return record.event() instanceof ItemEvent item
        ? item.itemId()
        : ((ImpressionEvent) record.event()).itemId();
  }

  public static boolean isOutcome(InputRecord record) {
    return record.event() instanceof ClickEvent;
  }

  public static UserEvent outcome(InputRecord record) {
    return new UserEvent.Outcome(
        (ClickEvent) record.event(), record.partition(), record.offset(), record.appendTime());
  }

  public static boolean isAskedByUser(InputRecord record) {
    return record.event() instanceof QueryEvent query && query.userId() != null;
  }

  public static UserEvent asked(InputRecord record) {
    return new UserEvent.Asked((QueryEvent) record.event(), record.partition(), record.offset());
  }

  public static String userKey(UserEvent event) {
    return UserKey.of(event);
  }
}
