package io.freshet.cli.kafka;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.WrongUse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One real Kafka broker and its controller, in this process, on the loopback interface. What it
 * wrote into its directory survives a kill, and the next start on the same directory goes on with
 * it, on other ports.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final int NODE = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String META = "meta.properties";

  /**
   * A second way to the broker, by whatever passes connections on: who comes by it is told to come
   * by it again.
   *
   * @param port on which the broker listens for it
   * @param advertised on which the others are to connect
   */
  public record Detour(int port, int advertised) {}

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker on a free port; it takes about three seconds, after a kill about six.
   *
   * @param directory empty, not there yet, or one that an earlier start wrote
   */
  public static EmbeddedKafka start(Path directory) {
    return start(directory, 0);
  }

  /**
   * As {@link #start(Path)}, on a given port.
   *
   * @param port 0 for any free one
   * @throws WrongUse if the port is in use or the directory is someone else's
   */
  public static EmbeddedKafka start(Path directory, int port) {
    return start(directory, port, null);
  }

  /**
   * As {@link #start(Path, int)}.
   *
   * @param detour null for none
   */
  public static EmbeddedKafka start(Path directory, int port, @Nullable Detour detour) {
    return start(directory, port, detour, Map.of());
  }

  /**
   * As {@link #start(Path)}, with settings of the broker besides its own, which they replace: who
   * may connect, and do what.
   */
  public static EmbeddedKafka start(Path directory, Map<String, String> more) {
    return start(directory, 0, null, more);
  }

  private static EmbeddedKafka start(
      Path directory, int port, @Nullable Detour detour, Map<String, String> more) {
    int brokerPort = bindable(port);
    int controllerPort = bindable(0);
    format(directory);
    Map<String, String> settings = settings(directory, brokerPort, controllerPort, detour);
    settings.putAll(more);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw new CommandFailed(
          "Kafka must start on %s, port %d: %s".formatted(directory, brokerPort, Causes.of(e)), e);
    }
    return new EmbeddedKafka(server, brokerPort);
  }

  /** For {@code bootstrap.servers}. */
  public String brokers() {
    return "127.0.0.1:" + port;
  }

  /** Stops in order: what was acknowledged is on disk, the next start has nothing to repair. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** The port, found free right now; Kafka itself would end the process on one that is taken. */
  private static int bindable(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new WrongUse(
          "Kafka's port must be free, got %d: %s".formatted(port, e.getMessage()), e);
    }
  }

  private static void format(Path directory) {
    try {
      if (Files.exists(directory.resolve(META))) {
        checkMeta(directory);
        return;
      }
      Files.createDirectories(directory);
      try (Stream<Path> files = Files.list(directory)) {
        files
            .findAny()
            .ifPresent(
                file -> {
                  throw new WrongUse(
                      "Kafka's directory must be empty or hold %s, got %s with %s"
                          .formatted(META, directory, file.getFileName()));
                });
      }
      new Formatter()
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Kafka's directory must be writable, got " + directory + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CommandFailed("Kafka's directory must take a new log, got " + directory, e);
    }
  }

  private static void checkMeta(Path directory) throws IOException {
    Properties meta = new Properties();
    try (var in = Files.newInputStream(directory.resolve(META))) {
      meta.load(in);
    }
    String node = meta.getProperty("node.id");
    if (!String.valueOf(NODE).equals(node) || meta.getProperty("cluster.id") == null) {
      throw new WrongUse(
          "Kafka's directory must be an embedded broker's, with node.id=%d and a cluster.id in %s, got node.id=%s in %s"
              .formatted(NODE, META, node, directory));
    }
  }

  private static Map<String, String> settings(
      Path directory, int brokerPort, int controllerPort, @Nullable Detour detour) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", String.valueOf(NODE));
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,%s://127.0.0.1:%d"
            .formatted(brokerPort, CONTROLLER, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + brokerPort);
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    if (detour != null) {
      settings.merge(
          "listeners", "DETOUR://127.0.0.1:" + detour.port, (all, more) -> all + "," + more);
      settings.merge(
          "advertised.listeners",
          "DETOUR://127.0.0.1:" + detour.advertised,
          (all, more) -> all + "," + more);
      settings.merge(
          "listener.security.protocol.map", "DETOUR:PLAINTEXT", (all, more) -> all + "," + more);
    }
    settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    settings.put("log.dirs", directory.toString());
    settings.put("auto.create.topics.enable", "false");
    // After a kill the controller waits for the old session to end before it lets the broker in.
    settings.put("broker.session.timeout.ms", "1500");
    settings.put("broker.heartbeat.interval.ms", "300");
    // Replayed events are old: by their own time retention would delete them at once.
    settings.put("log.message.timestamp.type", "LogAppendTime");
    settings.put("log.retention.ms", "-1");
    // What a model's log no longer needs goes soon, not after the default of five minutes.
    settings.put("log.retention.check.interval.ms", "30000");
    settings.put("log.segment.bytes", String.valueOf(128 << 20));
    settings.put("log.index.size.max.bytes", String.valueOf(1 << 20));
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
    settings.put("log.cleaner.io.buffer.size", String.valueOf(256 << 10));
    for (String internal : List.of("offsets.topic", "transaction.state.log")) {
      settings.put(internal + ".replication.factor", "1");
      settings.put(internal + ".num.partitions", "2");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "2");
    settings.put("metric.reporters", "");
    return settings;
  }
}
