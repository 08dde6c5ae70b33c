package io.freshet.job.input;

import io.freshet.schema.EventCodec;
import io.freshet.schema.event.Event;
import java.io.Serializable;
import org.apache.flink.util.OutputTag;

/** Makes dead letters of events that were already decoded. */
public final class DeadLetters implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The side output of every operator that lets records go. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", DeadLetterSerializer.INSTANCE.type(DeadLetter.class));

  private final InputPartitions partitions;

  public DeadLetters(InputPartitions partitions) {
    this.partitions = partitions;
  }

  /**
   * @param partition see {@link InputPartitions}
   */
  public DeadLetter of(Event event, int partition, long offset, String kind, String reason) {
    return new DeadLetter(
        partitions.topicOf(partition),
        partitions.partitionOf(partition),
        offset,
        event.eventTime(),
        new EventCodec().encode(event),
        kind,
        reason);
  }
}
