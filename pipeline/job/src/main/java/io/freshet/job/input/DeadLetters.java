package io.freshet.job.input;

import io.freshet.schema.EventCodec;
import io.freshet.schema.event.Event;
import java.io.Serializable;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** Makes dead letters of events that were already decoded. Each operator has its own. */
public final class DeadLetters implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The side output of every operator that lets records go. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", DeadLetterSerializer.INSTANCE.type(DeadLetter.class));

  private final InputPartitions partitions;

  // Making one reads schemas from the class path: too much for every letter of a bad hour.
  private transient @Nullable EventCodec codec;

  public DeadLetters(InputPartitions partitions) {
    this.partitions = partitions;
  }

  /**
   * @param partition see {@link InputPartitions}
   */
  public DeadLetter of(Event event, int partition, long offset, String kind, String reason) {
    EventCodec known = codec == null ? new EventCodec() : codec;
    codec = known;
    return new DeadLetter(
        partitions.topicOf(partition),
        partitions.partitionOf(partition),
        offset,
        event.eventTime(),
        known.encode(event),
        kind,
        reason);
  }
}
