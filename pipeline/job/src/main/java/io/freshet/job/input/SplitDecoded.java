package io.freshet.job.input;

import io.freshet.schema.event.Heartbeat;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Hands events on and lets dead letters leave. */
public final class SplitDecoded extends ProcessFunction<Decoded, InputRecord> {

  private static final long serialVersionUID = 1L;

  private transient Counter events;
  private transient Counter deadLetters;

  @Override
  public void open(OpenContext context) {
    events = getRuntimeContext().getMetricGroup().counter("freshet_events");
    deadLetters = getRuntimeContext().getMetricGroup().counter("freshet_dead_letters");
  }

  @Override
  public void processElement(Decoded decoded, Context context, Collector<InputRecord> out) {
    InputRecord record = decoded.record();
    DeadLetter deadLetter = decoded.deadLetter();
    if (record != null) {
      if (!(record.event() instanceof Heartbeat)) {
        events.inc();
      }
      out.collect(record);
    } else if (deadLetter != null) {
      deadLetters.inc();
      context.output(DeadLetters.TAG, deadLetter);
    }
  }
}
