package io.freshet.job.input;

import io.freshet.schema.EventCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes in the source, so that watermarks are per partition: to an event, or to a dead letter.
 */
public final class EventDeserializer implements KafkaRecordDeserializationSchema<Decoded> {

  private static final long serialVersionUID = 1L;

  private final InputPartitions partitions;
  private final long futureToleranceMs;
  private transient EventCodec codec;

  /**
   * @param futureToleranceMs how far an event time may lie ahead of the record's append time
   */
  public EventDeserializer(InputPartitions partitions, long futureToleranceMs) {
    this.partitions = partitions;
    this.futureToleranceMs = futureToleranceMs;
    this.codec = new EventCodec();
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    codec = new EventCodec();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded> out) {
    out.collect(decode(record));
  }

  private Decoded decode(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return reject(record, new byte[0], "an event must have a value, got none");
    }
    Event event;
    try {
      event = codec.decode(value);
    } catch (UndecodableRecord invalid) {
      return reject(record, value, String.valueOf(invalid.getMessage()));
    }
    long latest = record.timestamp() + futureToleranceMs;
    if (event.eventTime() > latest && event.eventTime() != Heartbeat.END_OF_TIME) {
      return reject(
          record,
          value,
          "eventTime must be at most %d ms after its append time %d, got %d"
              .formatted(futureToleranceMs, record.timestamp(), event.eventTime()));
    }
    return new Decoded(
        new InputRecord(
            event,
            partitions.numberOf(record.topic(), record.partition()),
            record.offset(),
            record.timestamp()),
        null);
  }

  private static Decoded reject(
      ConsumerRecord<byte[], byte[]> record, byte[] value, String reason) {
    return new Decoded(
        null,
        new DeadLetter(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            value,
            DeadLetter.INVALID,
            reason));
  }

  @Override
  public TypeInformation<Decoded> getProducedType() {
    return DecodedSerializer.INSTANCE.type(Decoded.class);
  }
}
