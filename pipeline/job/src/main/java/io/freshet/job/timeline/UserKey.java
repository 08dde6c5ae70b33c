package io.freshet.job.timeline;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import org.jspecify.annotations.Nullable;

/** The key of a user's timeline: the user, or for an anonymous impression the impression itself. */
final class UserKey {

  private static final char ANONYMOUS = '\u0000';

  private UserKey() {}

  static String of(UserEvent event) {
    if (event instanceof UserEvent.Shown shown) {
      ImpressionEvent impression = shown.impression();
      return key(impression.userId(), impression.impressionId());
    }
    if (event instanceof UserEvent.Asked asked) {
      return key(asked.query().userId(), null);
    }
    ClickEvent click = ((UserEvent.Outcome) event).click();
    return key(click.userId(), click.impressionId());
  }

  static boolean isAnonymous(String key) {
    return key.charAt(0) == ANONYMOUS;
  }

  private static String key(@Nullable String userId, @Nullable String impressionId) {
    return userId != null ? userId : ANONYMOUS + (impressionId == null ? "" : impressionId);
  }
}
