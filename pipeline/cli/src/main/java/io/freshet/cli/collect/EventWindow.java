package io.freshet.cli.collect;

import io.freshet.schema.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Which event times can still be learnt from. The collector's heartbeats carry its clock's time, so
 * an event that is older than that by more than the stream's out-of-orderness is late for the job;
 * one that is as much ahead makes others late.
 *
 * @param outOfOrdernessMs as {@code stream.outOfOrderness} of the job's models file
 */
record EventWindow(long outOfOrdernessMs) {

  /** Why an event is not taken. */
  enum Verdict {
    LATE,
    AHEAD
  }

  /** Null for an event that is in time. */
  @Nullable Verdict judge(Event event, long now) {
    if (event.eventTime() < now - outOfOrdernessMs) {
      return Verdict.LATE;
    }
    return event.eventTime() > now + outOfOrdernessMs ? Verdict.AHEAD : null;
  }

  String reason(Event event, long now) {
    return "eventTime must be within %d ms (stream.outOfOrderness) of this collector's clock at %d, got %d"
        .formatted(outOfOrdernessMs, now, event.eventTime());
  }
}
