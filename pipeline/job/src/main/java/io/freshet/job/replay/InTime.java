package io.freshet.job.replay;

import io.freshet.job.input.InputRecord;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.Heartbeat;
import java.util.HashMap;
import java.util.Map;

/** What one input partition lets through: neither late nor repeated, judged by itself alone. */
final class InTime {

  private static final long REPEAT_HORIZON_MS = 60_000;
  private static final int SWEEP_AT = 1 << 14;

  private final long outOfOrdernessMs;
  private final Map<EventIdentity, Long> seen = new HashMap<>();
  private long newest = Long.MIN_VALUE;
  private int sweepAt = SWEEP_AT;

  InTime(long outOfOrdernessMs) {
    this.outOfOrdernessMs = outOfOrdernessMs;
  }

  /** Whether the record counts. */
  boolean accepts(InputRecord record) {
    long time = record.event().eventTime();
    newest = Math.max(newest, time);
    if (record.event() instanceof Heartbeat || time < newest - outOfOrdernessMs) {
      return false;
    }
    EventIdentity identity = EventIdentity.of(record.event());
    Long before = seen.get(identity);
    if (before != null && before >= newest - REPEAT_HORIZON_MS) {
      return false;
    }
    seen.put(identity, newest);
    if (seen.size() > sweepAt) {
      seen.values().removeIf(at -> at < newest - REPEAT_HORIZON_MS);
      sweepAt = Math.max(SWEEP_AT, 2 * seen.size());
    }
    return true;
  }

  /** Nothing older than this is accepted any more. */
  long frontier() {
    return newest == Heartbeat.END_OF_TIME || newest == Long.MIN_VALUE
        ? newest
        : newest - outOfOrdernessMs;
  }
}
