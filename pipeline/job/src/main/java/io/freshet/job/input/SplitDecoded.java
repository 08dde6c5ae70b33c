package io.freshet.job.input;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Hands events on and lets dead letters leave. */
public final class SplitDecoded extends ProcessFunction<Decoded, InputRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public void processElement(Decoded decoded, Context context, Collector<InputRecord> out) {
    InputRecord record = decoded.record();
    DeadLetter deadLetter = decoded.deadLetter();
    if (record != null) {
      out.collect(record);
    } else if (deadLetter != null) {
      context.output(DeadLetters.TAG, deadLetter);
    }
  }
}
