package io.freshet.job;

import io.freshet.job.input.Decoded;
import io.freshet.job.input.EventDeserializer;
import io.freshet.job.input.EventTimes;
import io.freshet.job.kafka.DeadLetterRecords;
import io.freshet.job.kafka.EvaluationRecords;
import io.freshet.job.kafka.FirstRetained;
import io.freshet.job.kafka.HistoryRecords;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.schema.EventTopics;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Attaches Kafka to the ends of {@link TrainingTopology}. Outputs are written at least once; each
 * carries what tells a repetition apart (an evaluation its step, a dead letter its offset, a
 * history its time).
 */
public final class TrainingJob {

  /** How far an event may lie ahead of its append time: clocks of producers differ. */
  public static final long FUTURE_TOLERANCE_MS = 60L * 60 * 1000;

  private static final long WATERMARK_INTERVAL_MS = 20;

  private TrainingJob() {}

  /**
   * @param kafka client properties, {@code bootstrap.servers} among them
   */
  public static void attach(
      StreamExecutionEnvironment environment,
      JobSettings settings,
      EventTopics topics,
      Properties kafka) {
    environment.getConfig().setAutoWatermarkInterval(WATERMARK_INTERVAL_MS);
    environment.getConfig().enableObjectReuse();
    environment.setParallelism(settings.parallelism());
    environment.registerSlotSharingGroup(settings.slots().rest());
    KafkaSource<Decoded> source =
        KafkaSource.<Decoded>builder()
            .setTopics(topics.events())
            .setProperties(kafka)
            .setGroupId(topics.prefix() + "freshet-training")
            .setClientIdPrefix(topics.prefix() + "freshet-training")
            .setStartingOffsets(new FirstRetained())
            .setDeserializer(new EventDeserializer(settings.inputs(), FUTURE_TOLERANCE_MS))
            .build();
    DataStream<Decoded> decoded =
        environment
            .fromSource(
                source,
                EventTimes.strategy(settings.models().stream().outOfOrdernessMs(), null),
                "events")
            .uid("events");
    TrainingTopology.Outputs outputs = TrainingTopology.build(decoded, settings);
    outputs
        .evaluations()
        .sinkTo(sink(new EvaluationRecords(topics.evaluations()), kafka))
        .uid("evaluations")
        .name("evaluations")
        .setParallelism(1);
    outputs
        .histories()
        .sinkTo(
            sink(
                new HistoryRecords(
                    topics.users(), TimelineSettings.of(settings.models()).histories()),
                kafka))
        .uid("user-histories")
        .name("user-histories");
    outputs
        .deadLetters()
        .sinkTo(sink(new DeadLetterRecords(topics.deadLetters()), kafka))
        .uid("dead-letters")
        .name("dead-letters");
  }

  private static <T> KafkaSink<T> sink(
      KafkaRecordSerializationSchema<T> records, Properties kafka) {
    Properties own = new Properties();
    own.putAll(kafka);
    own.putIfAbsent("acks", "all");
    own.putIfAbsent("linger.ms", "20");
    return KafkaSink.<T>builder()
        .setBootstrapServers(kafka.getProperty("bootstrap.servers"))
        .setKafkaProducerConfig(own)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(records)
        .build();
  }
}
