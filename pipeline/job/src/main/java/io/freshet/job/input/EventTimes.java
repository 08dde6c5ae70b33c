package io.freshet.job.input;

import io.freshet.schema.event.Heartbeat;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Event time of the input: per partition the highest event time less the allowed out-of-orderness.
 * Dead letters move nothing; the heartbeat that ends a bounded source moves its partition to the
 * end of time.
 */
public final class EventTimes implements WatermarkGenerator<Decoded> {

  private final long outOfOrdernessMs;
  private long highest = Long.MIN_VALUE;

  private EventTimes(long outOfOrdernessMs) {
    this.outOfOrdernessMs = outOfOrdernessMs;
  }

  /**
   * @param idleAfter a partition without records for this long is left out; null waits for all,
   *     which is reproducible
   */
  public static WatermarkStrategy<Decoded> strategy(
      long outOfOrdernessMs, @Nullable Duration idleAfter) {
    WatermarkStrategy<Decoded> strategy =
        WatermarkStrategy.<Decoded>forGenerator(context -> new EventTimes(outOfOrdernessMs))
            .withTimestampAssigner((decoded, before) -> timeOf(decoded, before));
    return idleAfter == null ? strategy : strategy.withIdleness(idleAfter);
  }

  private static long timeOf(Decoded decoded, long before) {
    InputRecord record = decoded.record();
    return record == null ? before : record.event().eventTime();
  }

  @Override
  public void onEvent(Decoded decoded, long timestamp, WatermarkOutput output) {
    InputRecord record = decoded.record();
    if (record != null) {
      highest = Math.max(highest, record.event().eventTime());
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (highest == Heartbeat.END_OF_TIME) {
      output.emitWatermark(new Watermark(Heartbeat.END_OF_TIME - 1));
    } else if (highest != Long.MIN_VALUE) {
      output.emitWatermark(new Watermark(highest - outOfOrdernessMs - 1));
    }
  }
}
