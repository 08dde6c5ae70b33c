package io.freshet.job.order;

import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.Heartbeat;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets each event through once and in time. Keyed by input partition; lateness and repetition are
 * judged against that partition's own highest event time, in checkpointed state, so that the
 * verdict is a function of the partition's records alone. What passes is never late downstream:
 * watermarks follow the same highest times.
 */
public final class LateFilter extends KeyedProcessFunction<Integer, InputRecord, InputRecord> {

  private static final long serialVersionUID = 1L;

  /**
   * Event time over which repeats are known; older ones are late anyway unless they carry a new
   * time.
   */
  public static final long REPEAT_HORIZON_MS = 60_000;

  private static final int SWEEPS_PER_HORIZON = 4;

  private final long outOfOrdernessMs;
  private final DeadLetters deadLetters;

  private transient ValueState<Long> highest;
  private transient ValueState<Long> sweepAt;
  private transient MapState<EventIdentity, Long> seen;

  public LateFilter(long outOfOrdernessMs, DeadLetters deadLetters) {
    this.outOfOrdernessMs = outOfOrdernessMs;
    this.deadLetters = deadLetters;
  }

  @Override
  public void open(OpenContext context) {
    highest =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("highest", LongSerializer.INSTANCE));
    sweepAt =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("sweep-at", LongSerializer.INSTANCE));
    seen =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "seen", EventIdentitySerializer.INSTANCE, LongSerializer.INSTANCE));
  }

  @Override
  public void processElement(InputRecord record, Context context, Collector<InputRecord> out)
      throws Exception {
    long time = record.event().eventTime();
    Long before = highest.value();
    long newest = before == null ? time : Math.max(before, time);
    if (before == null || newest > before) {
      highest.update(newest);
      sweep(newest);
    }
    if (record.event() instanceof Heartbeat) {
      return;
    }
    if (time < newest - outOfOrdernessMs) {
      reject(
          record,
          DeadLetter.LATE,
          "an event must be at most %d ms older than its partition's newest at %d, got %d"
              .formatted(outOfOrdernessMs, newest, time),
          context);
      return;
    }
    EventIdentity identity = EventIdentity.of(record.event());
    Long earlier = seen.get(identity);
    if (earlier != null && earlier >= newest - REPEAT_HORIZON_MS) {
      reject(record, DeadLetter.REPEATED, "an event must come once, got it again", context);
      return;
    }
    seen.put(identity, newest);
    out.collect(record);
  }

  private void reject(InputRecord record, String kind, String reason, Context context) {
    context.output(
        DeadLetters.TAG,
        deadLetters.of(record.event(), record.partition(), record.offset(), kind, reason));
  }

  private void sweep(long newest) throws Exception {
    Long due = sweepAt.value();
    if (due != null && newest < due) {
      return;
    }
    sweepAt.update(
        newest == Heartbeat.END_OF_TIME ? newest : newest + REPEAT_HORIZON_MS / SWEEPS_PER_HORIZON);
    Iterator<Map.Entry<EventIdentity, Long>> all = seen.iterator();
    while (all.hasNext()) {
      if (all.next().getValue() < newest - REPEAT_HORIZON_MS) {
        all.remove();
      }
    }
  }
}
