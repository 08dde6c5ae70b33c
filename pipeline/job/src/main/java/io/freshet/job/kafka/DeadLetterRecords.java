package io.freshet.job.kafka;

import io.freshet.job.input.DeadLetter;
import io.freshet.schema.AvroCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Dead letters as records of {@code dead-letters}, keyed by where they lay. */
public final class DeadLetterRecords implements KafkaRecordSerializationSchema<DeadLetter> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private transient @Nullable AvroCodec codec;

  public DeadLetterRecords(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
    if (codec == null) {
      codec = AvroCodec.of(io.freshet.schema.avro.DeadLetter.class);
    }
    String key = letter.topic() + "-" + letter.partition() + "-" + letter.offset();
    return new ProducerRecord<>(
        topic,
        key.getBytes(StandardCharsets.UTF_8),
        codec.encode(
            new io.freshet.schema.avro.DeadLetter(
                letter.topic(),
                letter.partition(),
                letter.offset(),
                letter.appendTime(),
                ByteBuffer.wrap(letter.bytes()),
                letter.kind(),
                letter.reason())));
  }
}
