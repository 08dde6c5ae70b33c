package io.freshet.cluster;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.schema.EventJson;
import io.freshet.schema.event.Event;
import io.freshet.source.Sources;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Events of the simulated shop as a file that ends, and what a job has said of them. */
final class Shop {

  private Shop() {}

  /**
   * Writes the first events of a simulated shop, of which few are its catalogue, and gives the
   * source that reads them.
   */
  static String file(Path file, int events) throws IOException {
    EventJson json = new EventJson();
    Iterator<Event> all = Sources.open("simulator:items=500", 1).from(0);
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (int i = 0; i < events; i++) {
        out.write(json.write(all.next()));
        out.newLine();
      }
    }
    return "events:" + file;
  }

  /** What models have said, each step once, as {@link Oracle#predictions} writes it. */
  static List<String> predictions(KafkaAccess kafka, String model, Path scratch)
      throws IOException {
    try (EvaluationStore store =
        new EvaluationStore(Files.createTempDirectory(scratch, "said"), List.of(model))) {
      read(kafka, store);
      List<String> lines = new ArrayList<>();
      store.read(
          model,
          evaluation ->
              evaluation
                  .getRows()
                  .forEach(
                      row ->
                          lines.add(
                              Oracle.line(
                                  evaluation.getStep(),
                                  row.getExampleId(),
                                  row.getPrediction(),
                                  row.getLabel()))));
      return lines;
    }
  }

  private static void read(KafkaAccess kafka, EvaluationStore store) {
    String topic = kafka.topics().evaluations();
    int count = new SharedTopics(kafka).partitions(List.of(topic)).getOrDefault(topic, 0);
    List<TopicPartition> partitions = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      partitions.add(new TopicPartition(topic, p));
    }
    Properties properties = kafka.properties();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          store.add(record.value());
        }
      }
    }
  }
}
