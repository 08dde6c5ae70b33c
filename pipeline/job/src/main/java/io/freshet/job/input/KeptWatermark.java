package io.freshet.job.input;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Goes on from the event time that its source had reached at the checkpoint. Flink's sources begin
 * anew after a restart, and partitions in which nothing comes any more, at a stream's end or in a
 * quiet hour, would hold everybody up. Only where the parallelism is the same: otherwise a source
 * reads other partitions than before.
 */
public final class KeptWatermark extends AbstractStreamOperator<Decoded>
    implements OneInputStreamOperator<Decoded, Decoded> {

  private static final long serialVersionUID = 1L;

  private long reached = Long.MIN_VALUE;

  /** Of each subtask: how many there were, and how far its source had come. */
  private ListState<Tuple2<Integer, Long>> kept() throws Exception {
    return getOperatorStateBackend()
        .getListState(new ListStateDescriptor<>("reached", Types.TUPLE(Types.INT, Types.LONG)));
  }

  private int parallelism() {
    return getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    for (Tuple2<Integer, Long> saved : kept().get()) {
      if (saved.f0 == parallelism()) {
        reached = saved.f1;
      }
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    if (reached != Long.MIN_VALUE) {
      output.emitWatermark(new Watermark(reached));
    }
  }

  @Override
  public void processElement(StreamRecord<Decoded> element) {
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() < reached) {
      return;
    }
    // A job that is drained is told the end of time, which its stream has not reached.
    if (!mark.equals(Watermark.MAX_WATERMARK)) {
      reached = mark.getTimestamp();
    }
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    kept().update(List.of(Tuple2.of(parallelism(), reached)));
  }
}
