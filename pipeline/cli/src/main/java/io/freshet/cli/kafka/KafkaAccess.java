package io.freshet.cli.kafka;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.schema.EventTopics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Which Kafka a command talks to, and what its topics are called.
 *
 * @param client properties of every client, {@code bootstrap.servers} among them
 */
public record KafkaAccess(Map<String, String> client, EventTopics topics) {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public KafkaAccess {
    client = Map.copyOf(client);
  }

  /** A plain connection. */
  public static KafkaAccess to(String brokers, EventTopics topics) {
    return new KafkaAccess(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers), topics);
  }

  public String brokers() {
    return client.getOrDefault(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "");
  }

  /** The client properties, to be added to. */
  public Properties properties() {
    Properties properties = new Properties();
    properties.putAll(client);
    return properties;
  }

  /**
   * @throws CommandFailed if no broker answers within ten seconds
   */
  public KafkaAccess checked() {
    Properties properties = properties();
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
    properties.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
    try (Admin admin = Admin.create(properties)) {
      admin.describeCluster().nodes().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
      return this;
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailed(
          "a Kafka broker must answer within %d s, none did at %s"
              .formatted(PATIENCE.toSeconds(), brokers()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while waiting for Kafka at " + brokers(), e);
    } catch (org.apache.kafka.common.KafkaException e) {
      throw new CommandFailed(
          "Kafka's client properties must work, got %s: %s".formatted(brokers(), Causes.of(e)), e);
    }
  }
}
