package io.freshet.job.kafka;

import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.schema.AvroCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Evaluations as records of {@code models.evaluations}, keyed by model. */
public final class EvaluationRecords implements KafkaRecordSerializationSchema<Evaluation> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private transient @Nullable AvroCodec codec;

  public EvaluationRecords(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Evaluation evaluation, KafkaSinkContext context, @Nullable Long timestamp) {
    if (codec == null) {
      codec = AvroCodec.of(io.freshet.schema.avro.Evaluation.class);
    }
    return new ProducerRecord<>(
        topic,
        evaluation.model().getBytes(StandardCharsets.UTF_8),
        codec.encode(toAvro(evaluation)));
  }

  private static io.freshet.schema.avro.Evaluation toAvro(Evaluation evaluation) {
    List<io.freshet.schema.avro.EvaluationRow> rows = new ArrayList<>(evaluation.rows().size());
    for (EvaluationRow row : evaluation.rows()) {
      rows.add(
          new io.freshet.schema.avro.EvaluationRow(
              row.exampleId(),
              row.impressionTime(),
              row.readyTime(),
              row.userId(),
              row.itemId(),
              row.queryId(),
              row.position(),
              row.label(),
              row.weight(),
              row.prediction(),
              row.raw(),
              row.predictionAtTraining(),
              row.trueProbability(),
              row.propensity(),
              row.grade()));
    }
    return new io.freshet.schema.avro.Evaluation(
        evaluation.model(), evaluation.family(), evaluation.epoch(), evaluation.step(), rows);
  }
}
