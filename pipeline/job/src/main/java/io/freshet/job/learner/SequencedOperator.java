package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.ProcessMemory;
import io.freshet.job.SlotRequests;
import io.freshet.learning.Hardware;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateCheckpointOutputStream;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StatePartitionStreamProvider;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into their sequence and hands them to what learns from it. Works in slices, so that
 * checkpoint barriers pass while a backlog is learnt. One subtask: the sequence is one.
 */
final class SequencedOperator extends AbstractStreamOperator<Evaluation>
    implements OneInputStreamOperator<Entry, Evaluation> {

  private static final long serialVersionUID = 1L;
  private static final int SLICE = 512;
  private static final long TICK_MS = 10;
  private static final int BUFFER_BYTES = 1 << 16;

  private final SequencedFactory factory;
  private final int turn;
  private final transient MailboxExecutor mailbox;

  private transient EntryQueue queue;
  private transient @Nullable Sequenced learning;
  private transient boolean sliceIsPlanned;

  /** Whether the snapshot being taken must stand without the models' logs. */
  private transient boolean savepoint;

  private transient @Nullable ScheduledFuture<?> ticking;

  SequencedOperator(
      StreamOperatorParameters<Evaluation> parameters, SequencedFactory factory, int turn) {
    super(parameters);
    this.factory = factory;
    this.turn = turn;
    this.mailbox = parameters.getMailboxExecutor();
    this.queue = new EntryQueue();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    refuseUnsharedCheckpoints();
    Hardware hardware =
        GivenHardware.of(getRuntimeContext().getExternalResourceInfos(SlotRequests.GPU), turn);
    Iterator<StatePartitionStreamProvider> saved = context.getRawOperatorStateInputs().iterator();
    if (saved.hasNext()) {
      try (InputStream stream = saved.next().getStream()) {
        DataInputViewStreamWrapper in =
            new DataInputViewStreamWrapper(new BufferedInputStream(stream, BUFFER_BYTES));
        queue = EntryQueue.resume(in);
        learning = factory.resume(this::emit, hardware, in);
      }
    } else {
      learning = factory.start(this::emit, hardware);
    }
  }

  private void refuseUnsharedCheckpoints() {
    Environment environment = getContainingTask().getEnvironment();
    if (!CheckpointingOptions.isCheckpointingEnabled(environment.getJobConfiguration())) {
      return;
    }
    Configuration settings = new Configuration(environment.getTaskManagerInfo().getConfiguration());
    settings.addAll(environment.getJobConfiguration());
    String problem = SharedCheckpoints.problem(settings, environment.getJobID());
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    String reason = learning().insteadOfGpu();
    if (reason != null) {
      LOG.warn("{} computes on the processor: {}", getOperatorName(), reason);
    }
    getMetricGroup().gauge("freshet_pending_examples", () -> learning().pending());
    getMetricGroup().gauge("freshet_waiting_entries", () -> queue.size());
    getMetricGroup().gauge("freshet_process_resident_bytes", ProcessMemory::residentBytes);
    LearnerGauges gauges = learning().gauges();
    gauges.kinds().forEach(kind -> getMetricGroup().gauge(kind.metric(), () -> gauges.get(kind)));
    ticking =
        getProcessingTimeService()
            .scheduleWithFixedDelay(time -> learning().tick(), TICK_MS, TICK_MS);
    planSlice();
  }

  private Sequenced learning() {
    Sequenced current = learning;
    if (current == null) {
      throw new IllegalStateException("an operator must be initialised before it learns");
    }
    return current;
  }

  private void emit(Evaluation evaluation) {
    output.collect(new StreamRecord<>(evaluation));
  }

  @Override
  public void processElement(StreamRecord<Entry> element) {
    queue.add(element.getValue());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    queue.reach(mark.getTimestamp());
    if (!sliceIsPlanned) {
      learnSlice();
    }
    super.processWatermark(mark);
  }

  private void planSlice() {
    sliceIsPlanned = true;
    mailbox.execute(this::learnSlice, "learn the next slice of the sequence");
  }

  private void learnSlice() {
    sliceIsPlanned = false;
    Sequenced current = learning();
    for (int i = 0; i < SLICE; i++) {
      Entry entry = queue.poll();
      if (entry == null) {
        if (queue.reached() != Long.MIN_VALUE) {
          current.advance(queue.reached());
        }
        return;
      }
      if (entry instanceof Entry.Predict predict) {
        current.predict(predict);
      } else if (entry instanceof Entry.Train train) {
        current.train(train);
      }
    }
    planSlice();
  }

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory streams)
      throws Exception {
    savepoint = options.getCheckpointType().isSavepoint();
    return super.snapshotState(checkpointId, timestamp, options, streams);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    OperatorStateCheckpointOutputStream raw = context.getRawOperatorStateOutput();
    raw.startNewPartition();
    DataOutputViewStreamWrapper out =
        new DataOutputViewStreamWrapper(new BufferedOutputStream(raw, BUFFER_BYTES));
    queue.save(out);
    learning().save(context.getCheckpointId(), savepoint, out);
    out.flush();
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    learning().completed(checkpointId);
  }

  @Override
  public void close() throws Exception {
    if (ticking != null) {
      ticking.cancel(false);
    }
    if (learning != null) {
      learning.close();
    }
    super.close();
  }
}
