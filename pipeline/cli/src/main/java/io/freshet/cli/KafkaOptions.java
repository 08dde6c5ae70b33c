package io.freshet.cli;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.schema.EventTopics;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Kafka a command talks to: brokers, a running demo, client properties. */
public final class KafkaOptions {

  @Option(
      names = "--brokers",
      paramLabel = "HOST:PORT",
      description = "Kafka's bootstrap servers; without them the demo on --data is meant.")
  private @Nullable String brokers;

  @Option(
      names = "--kafka",
      paramLabel = "FILE",
      description = "Properties of Kafka clients, for TLS and SASL.")
  private @Nullable Path file;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "What all topics begin with (default: nothing).")
  private @Nullable String prefix;

  /**
   * Kafka as it is asked for.
   *
   * @param demo the directory of a running demo, used where no brokers are named; null for none
   * @throws CommandFailed if no broker answers
   */
  public KafkaAccess access(@Nullable Path demo) {
    Map<String, String> client = new HashMap<>(properties());
    String topicPrefix = prefix == null ? "" : prefix;
    if (brokers != null) {
      client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    } else if (demo != null) {
      DataDirectory.Endpoint endpoint = DataDirectory.endpoint(demo);
      client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, endpoint.brokers());
      topicPrefix = prefix == null ? endpoint.prefix() : prefix;
    }
    if (!client.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
      throw new WrongUse("one of --brokers, --data and --kafka must say where Kafka is, got none");
    }
    try {
      return new KafkaAccess(client, new EventTopics(topicPrefix)).checked();
    } catch (IllegalArgumentException e) {
      throw new WrongUse("--prefix: " + e.getMessage(), e);
    }
  }

  /**
   * Does something with Kafka as it is asked for; with a demo's also while no demo runs there.
   *
   * @param demo the directory of a demo, used where no brokers are named; null for none
   * @throws WrongUse if nothing was ever started in {@code demo}
   */
  <T> T with(@Nullable Path demo, Function<KafkaAccess, T> work) {
    if (demo == null || brokers != null || file != null || DataDirectory.isRunning(demo)) {
      return work.apply(access(demo));
    }
    if (DataDirectory.identity(demo) == null) {
      throw new WrongUse("--data must be the directory of a demo, there is none in " + demo);
    }
    try (DataDirectory directory = DataDirectory.open(demo);
        EmbeddedKafka broker = EmbeddedKafka.start(directory.kafka())) {
      return work.apply(
          KafkaAccess.to(broker.brokers(), new EventTopics(prefix == null ? "" : prefix)));
    }
  }

  private Map<String, String> properties() {
    if (file == null) {
      return Map.of();
    }
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new WrongUse("--kafka must be a readable properties file, got " + file + ": " + e, e);
    }
    Map<String, String> map = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
    return map;
  }
}
