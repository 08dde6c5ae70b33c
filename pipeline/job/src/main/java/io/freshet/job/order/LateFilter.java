package io.freshet.job.order;

import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.Heartbeat;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

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

  /** A sweep looks at all identities, so it waits until as many have come as it left behind. */
  private static final int SWEEP_LEAST = 1_024;

  private final long outOfOrdernessMs;
  private final DeadLetters deadLetters;

  private transient ValueState<PartitionProgress> progress;
  private transient MapState<EventIdentity, Long> seen;
  private transient Counter late;
  private transient Counter repeated;

  public LateFilter(long outOfOrdernessMs, DeadLetters deadLetters) {
    this.outOfOrdernessMs = outOfOrdernessMs;
    this.deadLetters = deadLetters;
  }

  @Override
  public void open(OpenContext context) {
    progress =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("progress", PartitionProgressSerializer.INSTANCE));
    seen =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "seen", EventIdentitySerializer.INSTANCE, LongSerializer.INSTANCE));
    late = getRuntimeContext().getMetricGroup().counter("freshet_late_events");
    repeated = getRuntimeContext().getMetricGroup().counter("freshet_repeated_events");
  }

  @Override
  public void processElement(InputRecord record, Context context, Collector<InputRecord> out)
      throws Exception {
    long time = record.event().eventTime();
    PartitionProgress before = progress.value();
    PartitionProgress now = before == null ? PartitionProgress.at(time) : before.reached(time);
    long newest = now.highest();
    if (record.event() instanceof Heartbeat) {
      update(before, now);
      return;
    }
    if (time < newest - outOfOrdernessMs) {
      late.inc();
      reject(
          record,
          DeadLetter.LATE,
          "an event must be at most %d ms older than its partition's newest at %d, got %d"
              .formatted(outOfOrdernessMs, newest, time),
          context);
      update(before, now);
      return;
    }
    EventIdentity identity = EventIdentity.of(record.event());
    Long earlier = seen.get(identity);
    if (earlier != null && earlier >= newest - REPEAT_HORIZON_MS) {
      repeated.inc();
      reject(record, DeadLetter.REPEATED, "an event must come once, got it again", context);
      update(before, now);
      return;
    }
    seen.put(identity, newest);
    now = now.accepted();
    update(before, now.added() >= Math.max(SWEEP_LEAST, now.kept()) ? sweep(newest) : now);
    out.collect(record);
  }

  private void update(@Nullable PartitionProgress before, PartitionProgress now)
      throws IOException {
    if (!now.equals(before)) {
      progress.update(now);
    }
  }

  private void reject(InputRecord record, String kind, String reason, Context context) {
    context.output(
        DeadLetters.TAG,
        deadLetters.of(record.event(), record.partition(), record.offset(), kind, reason));
  }

  private PartitionProgress sweep(long newest) throws Exception {
    int kept = 0;
    Iterator<Map.Entry<EventIdentity, Long>> all = seen.iterator();
    while (all.hasNext()) {
      if (all.next().getValue() < newest - REPEAT_HORIZON_MS) {
        all.remove();
      } else {
        kept++;
      }
    }
    return new PartitionProgress(newest, kept, 0);
  }
}
