package io.freshet.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Flink's settings for a cluster of processes: those of {@code docker-compose.yml} and {@code
 * ops/kubernetes}, but for how soon a fault is noticed. Production would take a busy machine for a
 * dead one with these.
 */
final class FlinkSettings {

  private static final String LOGGING =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.out.ref = out
      appender.out.name = out
      appender.out.type = CONSOLE
      appender.out.layout.type = PatternLayout
      appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1.} %m%n%xEx{12}
      logger.kafka.name = org.apache.kafka
      logger.kafka.level = WARN
      logger.pekko.name = org.apache.pekko
      logger.pekko.level = WARN
      logger.zookeeper.name = org.apache.flink.shaded.zookeeper3
      logger.zookeeper.level = WARN
      """;

  private FlinkSettings() {}

  /** What all of Flink's processes share. */
  static Map<String, String> common(Path shared, int zooKeeperPort) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("jobmanager.rpc.address", "127.0.0.1");
    settings.put("jobmanager.bind-host", "127.0.0.1");
    settings.put("rest.address", "127.0.0.1");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("taskmanager.host", "127.0.0.1");
    settings.put("taskmanager.bind-host", "127.0.0.1");

    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", "127.0.0.1:" + zooKeeperPort);
    settings.put("high-availability.storageDir", shared.resolve("ha").toUri().toString());
    settings.put("high-availability.cluster-id", "/freshet");
    settings.put("high-availability.zookeeper.client.session-timeout", "3 s");
    settings.put("high-availability.zookeeper.client.connection-timeout", "3 s");

    settings.put("heartbeat.interval", "500 ms");
    // A killed process is noticed by its connections, and at once; a stopped one, or one that gets
    // no processor while everything starts again, only by this.
    settings.put("heartbeat.timeout", "8 s");
    settings.put("restart-strategy.type", "fixed-delay");
    settings.put("restart-strategy.fixed-delay.attempts", String.valueOf(Integer.MAX_VALUE));
    settings.put("restart-strategy.fixed-delay.delay", "500 ms");
    settings.put("slot.request.timeout", "60 s");
    settings.put("taskmanager.load-balance.mode", "SLOTS");

    settings.put("state.backend.type", "rocksdb");
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("execution.checkpointing.storage", "filesystem");
    settings.put("execution.checkpointing.dir", shared.resolve("checkpoints").toUri().toString());
    settings.put(
        "execution.checkpointing.savepoint-dir", shared.resolve("savepoints").toUri().toString());
    settings.put("execution.checkpointing.num-retained", "3");
    settings.put("execution.checkpointing.tolerable-failed-checkpoints", "1000");
    settings.put("execution.checkpointing.timeout", "60 s");

    settings.put("metrics.fetcher.update-interval", "250");
    settings.put("parallelism.default", "1");
    settings.put("env.log.level", "INFO");
    return settings;
  }

  /** A task manager's memory, which outside Flink's own start script must be said in full. */
  static Map<String, String> taskManagerMemory(int slots, int heapMiB) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("taskmanager.numberOfTaskSlots", String.valueOf(slots));
    settings.put("taskmanager.cpu.cores", "2.0");
    settings.put("taskmanager.memory.framework.heap.size", "64m");
    settings.put("taskmanager.memory.framework.off-heap.size", "64m");
    settings.put("taskmanager.memory.task.heap.size", (heapMiB - 64) + "m");
    settings.put("taskmanager.memory.task.off-heap.size", "256m");
    settings.put("taskmanager.memory.network.min", "64m");
    settings.put("taskmanager.memory.network.max", "64m");
    settings.put("taskmanager.memory.managed.size", "160m");
    settings.put("taskmanager.memory.jvm-metaspace.size", "256m");
    settings.put("taskmanager.memory.jvm-overhead.min", "192m");
    settings.put("taskmanager.memory.jvm-overhead.max", "192m");
    return settings;
  }

  /** Writes a directory for {@code --configDir}. */
  static Path write(Path directory, Map<String, String> settings) {
    StringBuilder yaml = new StringBuilder();
    new TreeMap<>(settings)
        .forEach((key, value) -> yaml.append("%s: \"%s\"%n".formatted(key, value)));
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("config.yaml"), yaml.toString());
      Files.writeString(logging(directory), LOGGING);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be writable", e);
    }
  }

  static Path logging(Path directory) {
    return directory.resolve("log4j.properties");
  }
}
